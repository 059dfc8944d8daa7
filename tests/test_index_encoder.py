"""The real model: vectors of unit length, tokens whose places are known, and errors that say what to do."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from corpus.errors import ModelError
from index.encoder import SentenceTransformerEncoder
from index.models import packaged_folder

CLOSE = 0.999
"""Cosine of two runs of the same text in other company: bfloat16 and padding leave about 0.9999."""


@pytest.fixture(scope="module")
def real() -> SentenceTransformerEncoder:
    return SentenceTransformerEncoder()


def linked(folder: Path, *leave_out: str) -> Path:
    """Make a folder of links to the packaged model's files."""
    folder.mkdir()
    for path in packaged_folder().iterdir():
        if path.name not in leave_out:
            (folder / path.name).symlink_to(path)
    return folder


def test_what_the_model_is(real: SentenceTransformerEncoder):
    """The packaged model, its dimension and a fingerprint that stays the same."""
    assert (real.name, real.dimension) == ("all-MiniLM-L6-v2", 384)
    assert real.fingerprint == SentenceTransformerEncoder().fingerprint
    assert SentenceTransformerEncoder(str(packaged_folder())).fingerprint == real.fingerprint


def test_vectors_have_unit_length(real: SentenceTransformerEncoder):
    """The text's vector and each token's, so that a dot product is a cosine."""
    encoded = real.encode_question("Who dredged the harbour?")
    assert encoded.vector.dtype == encoded.tokens.dtype == np.float32
    assert encoded.vector.shape == (384,)
    np.testing.assert_allclose(np.linalg.norm(encoded.vector), 1, atol=1e-5)
    np.testing.assert_allclose(np.linalg.norm(encoded.tokens, axis=1), 1, atol=1e-5)


def test_spans_slice_the_tokens_words(real: SentenceTransformerEncoder):
    """Each token's place is where its word, or the piece of one, stands in the text."""
    text = "The harbour, 1932: harbouring"
    spans = real.encode_passages([text], [""])[0].spans
    assert spans.dtype == np.int32
    assert [text[start:end] for start, end in spans] == ["The", "harbour", ",", "1932", ":", "harbour", "ing"]


@pytest.mark.parametrize(
    "text", ["Été à Köln", "👩‍👩‍👧 came\r\nhome", "e\u0301te\u0301 🇦🇿 ok", "שלום עולם", "\u00a0x\u2028 y"]
)
def test_spans_count_code_points(real: SentenceTransformerEncoder, text: str):
    """Accents, emoji, line ends and right-to-left: places are in order, in the text, and hold its letters."""
    spans = real.encode_passages([text], ["Title 👩‍👩‍👧 é\n"])[0].spans
    assert spans[:, 0].tolist() == sorted(spans[:, 0])
    held = {i for start, end in spans for i in range(start, end)}
    assert held <= set(range(len(text)))
    assert {i for i, letter in enumerate(text) if letter.isalpha()} <= held


def test_context_has_no_tokens_but_is_read(real: SentenceTransformerEncoder):
    """Title and headings leave the tokens and their places as they are, and change the vectors."""
    text = "It was dredged in 1932."
    alone, within = real.encode_passages([text, text], ["", "The harbour — History\n"])
    assert alone.spans.tolist() == within.spans.tolist()
    assert len(within.tokens) == len(within.spans)
    assert float(alone.vector @ within.vector) < CLOSE
    question = real.encode_question("When was the harbour dredged?").vector
    assert float(question @ within.vector) > float(question @ alone.vector)


def test_results_come_in_the_order_of_the_texts(real: SentenceTransformerEncoder):
    """Texts are sorted by length for the model, over several batches; each result is its own text's."""
    texts = [f"Number {n}" + " and more" * (n % 5) for n in range(20)]
    together = real.encode_passages(texts, [""] * 20)
    for n in (0, 7, 19):
        (alone,) = real.encode_passages([texts[n]], [""])
        assert alone.spans.tolist() == together[n].spans.tolist()
        assert float(alone.vector @ together[n].vector) > CLOSE


def test_a_long_text_is_truncated(real: SentenceTransformerEncoder):
    """The model sees 256 tokens, two of them its own: the rest of a text has no tokens and no say."""
    long = real.encode_passages(["word " * 300], [""])[0]
    assert len(long.tokens) == len(long.spans) == 254
    assert long.spans[-1].tolist() == [253 * 5, 253 * 5 + 4]


def test_nothing_to_encode(real: SentenceTransformerEncoder):
    """No texts, no results; a text of no characters has a vector and no tokens."""
    assert real.encode_passages([], []) == []
    empty = real.encode_question("")
    assert empty.tokens.shape == (0, 384)
    assert empty.spans.shape == (0, 2)
    np.testing.assert_allclose(np.linalg.norm(empty.vector), 1, atol=1e-5)


def test_every_text_needs_a_context(real: SentenceTransformerEncoder):
    """Texts and contexts of different number are a mistake, not a truncation."""
    with pytest.raises(ValueError, match="argument 2 is longer"):
        real.encode_passages(["a"], ["b", "c"])


def test_tokens_are_counted(real: SentenceTransformerEncoder):
    """Pieces of words count, the model's own tokens do not, and no text is too long to be counted."""
    assert real.count_tokens(["The harbour.", "", "word " * 1_000, "harbouring"]) == [3, 0, 1_000, 2]
    assert real.count_tokens([]) == []


def test_a_model_without_weights(tmp_path: Path):
    """The error names model and folder when it is first needed."""
    folder = linked(tmp_path / "m", "model.safetensors")
    with pytest.raises(ModelError, match=f"{folder}.* cannot be loaded: "):
        SentenceTransformerEncoder(str(folder)).encode_question("a")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("model.safetensors", b"not weights"),
        ("model.safetensors", b""),
        ("config.json", b"{"),
        ("config.json", b"[]"),
        ("config.json", b'{"model_type": "nonesuch"}'),
        ("modules.json", b"nonsense"),
        ("modules.json", b'[{"idx": 0, "name": "0", "path": "", "type": "no.such.Module"}]'),
        ("tokenizer.json", b"{}"),
        ("tokenizer.json", b"nonsense"),
    ],
)
def test_a_damaged_model(tmp_path: Path, name: str, content: bytes):
    """Whichever file is damaged, the error is a ModelError that names model, folder and remedy."""
    folder = linked(tmp_path / "m", name)
    (folder / name).write_bytes(content)
    with pytest.raises(ModelError, match=f"(?s){folder} cannot be loaded: .*; get the model again") as caught:
        SentenceTransformerEncoder(str(folder)).encode_question("a")
    assert caught.value.__cause__ is not None


def test_a_model_that_is_no_text_encoder(tmp_path: Path):
    """A folder that has a configuration and nothing else is an error, not a guess."""
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(ModelError, match=f"{tmp_path}.* cannot be loaded: "):
        SentenceTransformerEncoder(str(tmp_path)).encode_question("a")


def test_a_folder_without_a_model(tmp_path: Path):
    """A folder with no model in it is refused before anything is loaded."""
    with pytest.raises(ModelError, match=str(tmp_path)):
        SentenceTransformerEncoder(str(tmp_path))


def test_a_model_with_prompts(tmp_path: Path, real: SentenceTransformerEncoder):
    """What a model's makers want before a question or a passage is put there, and has no tokens of its own."""
    folder = linked(tmp_path / "m", "config_sentence_transformers.json")
    prompts = {"query": "Represent this question: ", "document": "passage: "}
    (folder / "config_sentence_transformers.json").write_text(json.dumps({"prompts": prompts}))
    prompted = SentenceTransformerEncoder(str(folder))
    assert prompted.fingerprint != real.fingerprint
    question, plain = prompted.encode_question("Who came?"), real.encode_question("Who came?")
    assert question.spans.tolist() == plain.spans.tolist()
    written_out = real.encode_question("Represent this question: Who came?")
    assert float(question.vector @ written_out.vector) > CLOSE > float(question.vector @ plain.vector)
    (passage,) = prompted.encode_passages(["They came."], ["Title\n"])
    (expected,) = real.encode_passages(["They came."], ["passage: Title\n"])
    assert float(passage.vector @ expected.vector) > CLOSE


def test_a_model_without_a_fast_tokenizer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Only a fast tokenizer says where its tokens stand; without one the model is refused with that reason."""
    import transformers

    monkeypatch.setattr(transformers.BertTokenizer, "is_fast", False, raising=False)
    folder = shutil.copytree(linked(tmp_path / "m"), tmp_path / "n", symlinks=True)
    with pytest.raises(ModelError, match="no fast tokenizer"):
        SentenceTransformerEncoder(str(folder)).encode_question("a")


def test_a_tokenizer_that_counts_the_space_before_a_word(tmp_path: Path):
    """Such a tokenizer's places begin at the word all the same, and a prompt's last space takes no token away."""
    import transformers
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.models import Pooling, Transformer
    from tokenizers import Tokenizer, pre_tokenizers
    from tokenizers.models import Unigram

    pieces = [("[PAD]", 0.0), ("[UNK]", 0.0), ("▁ask:", -1.0), ("▁big", -1.0), ("▁tower", -1.0), ("s", -1.0)]
    tokenizer = Tokenizer(Unigram(pieces, unk_id=1))
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    fast = transformers.PreTrainedTokenizerFast(tokenizer_object=tokenizer, pad_token="[PAD]", unk_token="[UNK]")
    fast.save_pretrained(tmp_path / "bert")
    sizes = {
        "vocab_size": 6,
        "hidden_size": 8,
        "num_hidden_layers": 1,
        "num_attention_heads": 2,
        "intermediate_size": 8,
    }
    transformers.BertModel(transformers.BertConfig(**sizes)).save_pretrained(tmp_path / "bert")
    modules = [Transformer(str(tmp_path / "bert")), Pooling(8)]
    SentenceTransformer(modules=modules, prompts={"query": "ask: "}, device="cpu").save(str(tmp_path / "m"))

    encoded = SentenceTransformerEncoder(str(tmp_path / "m")).encode_question("big towers")
    assert encoded.spans.tolist() == [[0, 3], [4, 9], [9, 10]]


def test_a_long_context_leaves_the_passage_its_place(real: SentenceTransformerEncoder):
    """Three hundred words of headings take a quarter of what the model reads, and no more."""
    (encoded,) = real.encode_passages(["The tower is high."], ["heading " * 300])
    assert len(encoded.tokens) == 5
