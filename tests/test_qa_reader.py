"""The reader scores the sentence that answers above the others, and refuses a file that is not its own."""

import json
import shutil

import numpy as np
import pytest

from corpus.errors import ModelError
from qa import reader_model
from qa.reader import Reader, ReaderScores, said_before
from qa.reader_model import ADAPTER, WEIGHTS

SENTENCES = [
    "The bridge was opened in 1932 after eight years of work.",
    "It carries eight lanes of traffic and two railway lines.",
    "Its architect, Ada Holm, had never built a bridge before.",
]


def passage(*sentences):
    """The sentences with a space between them, and where each stands."""
    spans, start = [], 0
    for sentence in sentences:
        spans.append((start, start + len(sentence)))
        start += len(sentence) + 1
    return " ".join(sentences), spans


@pytest.fixture(scope="module")
def reader():
    return Reader.load()


@pytest.fixture
def own(tmp_path):
    """A copy of the packaged reader that a test may spoil."""
    copy = tmp_path / "own.safetensors"
    shutil.copy(WEIGHTS, copy)
    shutil.copy(WEIGHTS.with_suffix(".json"), copy.with_suffix(".json"))
    return copy


def test_what_was_said_before_is_read_with_the_question(reader):
    """Oldest first, the last forty words of it; what is longer leaves the question whole."""
    says = passage(*SENTENCES)
    turns = ["Who was the architect?", "What bridge crosses the river?"]
    with_turns, joined, alone = (
        reader.read(*asked)[0].sentences.tolist()
        for asked in (
            ("And when?", [says], turns),
            ("What bridge crosses the river? | Who was the architect? | And when?", [says]),
            ("And when?", [says]),
        )
    )
    assert with_turns == joined != alone
    assert said_before(["three four", "one " * 39 + "two"]) == "one " * 36 + "two | three four"
    (long,) = reader.read("When was the bridge opened?", [says], ["antidisestablishmentarianism " * 90])
    assert long.sentences.argmax() == 0


@pytest.mark.parametrize(
    ("question", "right", "answer"),
    [
        ("When was the bridge opened?", 0, "1932"),
        ("How many railway lines does the bridge carry?", 1, "two"),
        ("Who was the architect of the bridge?", 2, "Ada Holm"),
    ],
)
def test_the_sentence_that_answers_scores_highest(reader, question, right, answer):
    text, spans = passage(*SENTENCES)
    (scores,) = reader.read(question, [(text, spans)])
    assert scores.sentences.argmax() == right
    assert scores.margin == scores.sentences[right] > 0
    start, end = scores.answer
    assert answer in text[start:end]


def test_a_passage_that_does_not_say_scores_below_one_that_does(reader):
    says, silent = passage(*SENTENCES), passage("Cats sleep for most of the day.", "They wake at dusk.")
    first, second = reader.read("When was the bridge opened?", [silent, says])
    assert first.margin < 0 < second.margin


def test_every_span_lies_inside_its_sentence(reader):
    text, spans = passage("Ёлка 🎄 стоит.", "Café Ångström opened in Malmö.", "שלום עולם.", "A naïve “résumé”.")
    (scores,) = reader.read("Where did the café open?", [(text, spans)])
    assert scores.sentences.dtype == np.float32
    for (a, b), (start, end) in zip(spans, scores.spans.tolist(), strict=True):
        assert a <= start < end <= b


def test_scores_do_not_depend_on_the_company_or_its_order(reader):
    """Every window is a pass of its own."""
    says, other = passage(*SENTENCES), passage(*SENTENCES[1:] * 4)
    question = "Who was the architect of the bridge?"
    alone = reader.read(question, [says])[0]
    among = reader.read(question, [other] * 9 + [says, other])[9]
    np.testing.assert_array_equal(among.sentences, alone.sentences)


def test_a_long_passage_is_read_to_its_end(reader):
    """600 sentences before the answer, some 6,000 tokens: many windows."""
    text, spans = passage(*["The river was calm that day, and nobody came."] * 600, SENTENCES[0])
    (scores,) = reader.read("When was the bridge opened?", [(text, spans)])
    assert scores.sentences.argmax() == 600
    assert np.isfinite(scores.sentences).all()


def test_nothing_to_read_scores_minus_infinity(reader):
    empty, blank, bare = reader.read("When?", [("", []), ("   ", [(0, 3)]), ("A line.", [])])
    assert empty.margin == blank.margin == bare.margin == -np.inf
    assert empty.answer is blank.answer is bare.answer is None
    assert blank.spans.tolist() == [[0, 0]]
    assert reader.read("When?", []) == []


def test_a_question_may_be_empty_or_far_too_long(reader):
    for question in ("", "why " * 5_000):
        (scores,) = reader.read(question, [passage(*SENTENCES)])
        assert np.isfinite(scores.sentences).all()


def test_a_sentence_scores_all_its_starts_and_ends_and_its_span_starts_before_it_ends():
    """Worked by hand, with a model of one token a letter whose logits are the letters' own."""
    start_and_end = {"a": (5, 0), "b": (0, 9), "c": (7, 1), ".": (0, 0), "[": (1, 2)}
    reader = Reader(*_letters(start_and_end))
    (scores,) = reader.read("", [("cb.ab", [(0, 3), (3, 5)])])
    # "no answer": 1 + 2. First sentence: starts c 7, b 0, "." 0; ends c 1, b 9, "." 0. Second: a 5, b 0; a 0, b 9.
    first = np.log(np.exp(7) + 2) + np.log(np.exp(9) + np.exp(1) + 1) - 3
    second = np.log(np.exp(5) + 1) + np.log(np.exp(9) + 1) - 3
    assert scores.sentences.tolist() == pytest.approx([first, second])
    assert scores.spans.tolist() == [[0, 2], [3, 5]]
    (scores,) = reader.read("", [("bc", [(0, 2)])])
    # The best end, b, stands before the best start, c: "b" alone 0 + 9, "c" alone 7 + 1, "bc" 0 + 1.
    assert scores.sentences.tolist() == pytest.approx([np.log(1 + np.exp(7)) + np.log(np.exp(9) + np.exp(1)) - 3])
    assert scores.answer == (0, 1)


def _letters(logits):
    """A body, head and tokenizer for `Reader`: a letter is a token, and its logits are given."""
    from types import SimpleNamespace

    import torch

    def encode(text, add_special_tokens):
        return SimpleNamespace(ids=[ord(x) for x in text], offsets=[(i, i + 1) for i in range(len(text))])

    def body(input_ids, token_type_ids):
        rows = [[logits["[" if x < 32 or x > 100 else chr(x)] for x in row] for row in input_ids.tolist()]
        return SimpleNamespace(last_hidden_state=torch.tensor(rows, dtype=torch.float32))

    return body, lambda states: states, SimpleNamespace(encode=encode)


def test_scores_without_sentences_have_no_answer():
    nothing = ReaderScores(np.zeros(0, np.float32), np.zeros((0, 2), np.int32))
    assert nothing.answer is None


def test_a_missing_file_is_named_with_the_remedy(tmp_path):
    with pytest.raises(ModelError, match=r"missing: .*none\.safetensors; train it again"):
        Reader.load(tmp_path / "none.safetensors")


def test_a_missing_record_is_named(own):
    own.with_suffix(".json").unlink()
    with pytest.raises(ModelError, match=r"missing: .*own\.json"):
        Reader.load(own)


@pytest.mark.parametrize("record", ["", "[]", "{}", "null"])
def test_a_damaged_record_is_an_error(own, record):
    own.with_suffix(".json").write_text(record)
    with pytest.raises(ModelError, match="cannot be opened"):
        Reader.load(own)


def test_one_flipped_bit_is_noticed(own):
    spoilt = bytearray(own.read_bytes())
    spoilt[-1] ^= 1
    own.write_bytes(spoilt)
    with pytest.raises(ModelError, match=r"damaged: its SHA-256 is [0-9a-f]{64}, not [0-9a-f]{64}"):
        Reader.load(own)


def test_other_word_embeddings_are_noticed(own):
    record = json.loads(own.with_suffix(".json").read_text())
    own.with_suffix(".json").write_text(json.dumps(record | {"word_embeddings_sha256": "0" * 64}))
    with pytest.raises(ModelError, match="other word embeddings"):
        Reader.load(own)


def test_weights_of_another_model_are_refused(own):
    import hashlib

    from safetensors.torch import save_file
    from torch import zeros

    save_file({"head.weight": zeros(2, 384), "head.bias": zeros(2), "other": zeros(1)}, own)
    record = json.loads(own.with_suffix(".json").read_text())
    record["sha256"] = hashlib.sha256(own.read_bytes()).hexdigest()
    own.with_suffix(".json").write_text(json.dumps(record))
    with pytest.raises(ModelError, match="not a reader for this model"):
        Reader.load(own)


def test_the_packaged_files_are_small_enough_to_ship_and_belong_together():
    assert WEIGHTS.stat().st_size + ADAPTER.stat().st_size < 45_000_000
    weights, adapter = (json.loads(path.with_suffix(".json").read_text()) for path in (WEIGHTS, ADAPTER))
    assert adapter["reader_sha256"] == weights["sha256"]


def test_the_packaged_reader_is_adapted_and_a_named_file_is_not(reader, own):
    question = "When was the bridge opened?"
    packaged, named = (each.read(question, [passage(*SENTENCES)])[0].sentences for each in (reader, Reader.load(own)))
    assert not np.allclose(packaged, named, atol=0.2)
    assert packaged.argmax() == named.argmax() == 0


def test_a_damaged_adapter_of_the_packaged_reader_is_refused(tmp_path, monkeypatch):
    spoilt = tmp_path / "reader_adapter.safetensors"
    spoilt.write_bytes(ADAPTER.read_bytes()[:-1] + b"?")
    shutil.copy(ADAPTER.with_suffix(".json"), spoilt.with_suffix(".json"))
    monkeypatch.setattr(reader_model, "ADAPTER", spoilt)
    with pytest.raises(ModelError, match=r"reader_adapter\.safetensors is damaged.*reinstall"):
        Reader.load()


def test_loading_leaves_the_callers_random_numbers_alone():
    import torch

    torch.manual_seed(1)
    expected = torch.rand(1)
    torch.manual_seed(1)
    Reader.load()
    assert torch.rand(1) == expected
