"""Everything that can be set, in one place."""

from dataclasses import dataclass, field

from corpus.errors import SettingError
from corpus.records import Limits
from index.search import Weights


@dataclass(frozen=True, slots=True)
class Settings:
    """How Pullquote reads, searches and answers.

    Args:
        model: name of a sentence-transformers model in the local cache, path of a folder, or None for the packaged one.
        passage_tokens: length of a passage, in the model's tokens.
        candidates: passages that each of the two searches may propose for a question.
        quotes: quotes in an answer, at the most.
        reader: whether a reader reads the best passages; without it answers are quicker and less exact.
        reader_model: a reader of one's own instead of the packaged one: a `.safetensors` file that `qa.training.reader`
            wrote, or a cross-encoder (folder, or name in the local cache) that scores question and sentence.
        reader_passages: passages that the reader reads for a question.
        threshold: probability, 0..1, from which on an answer counts as answered; None for the measured default.
        question_characters: length of a question, at the most.
        wait_seconds: how long to wait for another process that writes to the same index.
        limits: what one file may cost.
        weights: how much each kind of evidence counts in the ranking.

    Raises:
        SettingError: a value is outside its range.
    """

    model: str | None = None
    passage_tokens: int = 150
    candidates: int = 32
    quotes: int = 3
    reader: bool = True
    reader_model: str | None = None
    reader_passages: int = 4
    threshold: float | None = None
    question_characters: int = 2_000
    wait_seconds: float = 60.0
    limits: Limits = field(default_factory=Limits)
    weights: Weights = field(default_factory=Weights)

    def __post_init__(self) -> None:
        for name in ("passage_tokens", "candidates", "quotes", "reader_passages", "question_characters"):
            if getattr(self, name) < 1:
                raise SettingError(f"{name} is {getattr(self, name)}; it must be at least 1")
        if self.threshold is not None and not 0.0 <= self.threshold <= 1.0:
            raise SettingError(f"threshold is {self.threshold}; it is a probability, between 0 and 1")
        if self.wait_seconds < 0:
            raise SettingError(f"wait_seconds is {self.wait_seconds}; it must be at least 0")
