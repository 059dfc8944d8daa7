"""What to keep in mind with an answer: the language or the model is not the usual one, or a word is in no document."""

from collections.abc import Sequence

from index.encoder import Encoder
from index.knowledge import language_note
from qa.choose import Choice

MISSING_NAMED = 3
"""Words that are named where the documents lack more."""


def answer_notes(choices: Sequence[Choice], encoder: Encoder, missing: Sequence[str] = ()) -> tuple[str, ...]:
    """Return the notes of an answer, a sentence each, none twice.

    Args:
        choices: what is quoted, best first.
        encoder: the model that it was found with.
        missing: words of the question that no document has; none where that says nothing.
    """
    passages = [choice.candidate.passage for choice in choices]
    found = [(passage.title, language_note(passage.language, encoder)) for passage in passages]
    notes = [f"{title}: {note}." for title, note in found if note]
    if choices and not encoder.is_packaged:
        notes.append(
            f"The confidence was measured with the packaged model; with {encoder.name} it is a rough guide, "
            "and --threshold sets from where on a question counts as answered."
        )
    if choices and missing:
        notes.append(_missing_note(missing))
    return tuple(dict.fromkeys(notes))


def _missing_note(words: Sequence[str]) -> str:
    named = [f"“{word}”" for word in words[:MISSING_NAMED]]
    if len(words) > MISSING_NAMED:
        named.append(f"{len(words) - MISSING_NAMED} more")
    listed = " and ".join([", ".join(named[:-1]), named[-1]] if named[1:] else named)
    return f"No document has the word{'s' * bool(named[1:])} {listed}; other words may find it."
