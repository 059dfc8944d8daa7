"""Seven languages from file to quote, with a multilingual model of random weights opened as any other model is."""

import json
import math
from collections.abc import Iterator
from pathlib import Path

import pytest

from corpus.errors import IndexMismatchError
from index.catalog import Catalog
from index.encoder import SentenceTransformerEncoder
from index.search import Weights
from index.sync import SyncReport
from qa import Chatbot, cli
from qa.confidence import default_threshold
from qa.followup import depends
from qa.page.message import answer_message
from qa.records import Answer, DocumentRecord
from qa.settings import Settings
from qa.terminal import noted, sync_text

TEXTS = {
    "de": (
        "Das Museum am Hafen wurde am 3. Oktober 1932 von Dr. Müller gegründet. "
        "Es zeigt Schiffe aus dem 19. Jahrhundert. "
        "Die Brücke über den Fluss ist 93 Meter lang und wurde aus Granit gebaut. Im Sommer kommen viele Gäste."
    ),
    "es": (
        "El museo del puerto fue inaugurado en 1932 por el Sr. García. Muestra barcos antiguos. "
        "El puente sobre el río mide 93 m. de largo y está hecho de granito. ¿Quién lo construyó? ¡Nadie lo sabe!"
    ),
    "ar": (
        "افتتح متحف الميناء في عام 1932 على يد د. أحمد. يعرض المتحف سفنًا قديمة من القرن الماضي. "
        "يبلغ طول الجسر فوق النهر 93 مترًا وهو مبني من الحجر. هل تعرف من بناه؟ لا أحد يعرف!"
    ),
    "hi": (
        "बंदरगाह का संग्रहालय 1932 में डॉ. शर्मा ने खोला था। इसमें पुराने जहाज़ दिखाए जाते हैं। "
        "नदी पर बना पुल 93 मीटर लंबा है और ग्रेनाइट से बना है। क्या आप जानते हैं कि इसे किसने बनाया?"
    ),
    "zh": (
        "港口博物馆于1932年由王先生创办。馆内展出十九世纪的旧船。河上的大桥长93米，用花岗岩建成。"
        "你知道是谁建造的吗？他说：“没有人知道。”夏天有很多游客来参观。"
    ),
    "ru": (
        "Музей у гавани был открыт в 1932 г. профессором А. Б. Ивановым. Он показывает старые корабли. "
        "Мост через реку имеет длину 93 метра и построен из гранита. Кто его построил? Никто не знает!"
    ),
    "ja": (
        "港の博物館は1932年に山田さんによって開館しました。古い船が展示されています。"
        "川に架かる橋の長さは93メートルで、花崗岩で造られています。「誰も知りません。」と彼は言いました。"
    ),
    "en": (
        "The museum at the harbour was opened in 1932 by Dr. Smith. It shows old ships of the last century. "
        "The bridge over the river is 93 metres long and is made of granite. Nobody knows who built it."
    ),
}

BRIDGE = {  # a question, and what stands in the sentence that answers it
    "de": ("Wie lang ist die Brücke über den Fluss?", "93 Meter lang"),
    "es": ("¿Cuánto mide el puente sobre el río?", "93 m. de largo"),
    "ar": ("كم يبلغ طول الجسر فوق النهر؟", "93 مترًا"),
    "hi": ("नदी पर बना पुल कितना लंबा है?", "93 मीटर"),
    "zh": ("河上的大桥有多长？", "长93米"),
    "ru": ("Какова длина моста через реку?", "93 метра"),
    "ja": ("川に架かる橋の長さは何メートルですか？", "93メートル"),
    "en": ("How long is the bridge over the river?", "93 metres"),
}
FOREIGN = [language for language in TEXTS if language != "en"]


def save_model(folder: Path, card: str = "") -> Path:
    """Save a sentence-transformers model with sub-words as XLM-R has them, prompts as E5 has them, random weights."""
    import torch
    import transformers
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors, trainers

    tokenizer = Tokenizer(models.Unigram())
    tokenizer.normalizer = normalizers.NFKC()
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    words = ["<pad>", "<s>", "</s>", "<unk>"]
    trainer = trainers.UnigramTrainer(vocab_size=1_200, special_tokens=words, unk_token="<unk>", show_progress=False)
    tokenizer.train_from_iterator([*TEXTS.values(), "query: passage:"], trainer)
    tokenizer.post_processor = processors.TemplateProcessing("<s> $A </s>", special_tokens=[("<s>", 1), ("</s>", 2)])
    names = {"pad_token": "<pad>", "bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>"}
    fast = transformers.PreTrainedTokenizerFast(tokenizer_object=tokenizer, model_max_length=96, **names)
    fast.save_pretrained(folder / "bert")
    torch.manual_seed(0)
    sizes = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 64}
    config = transformers.BertConfig(vocab_size=len(fast), max_position_embeddings=96, **sizes)
    transformers.BertModel(config).save_pretrained(folder / "bert")
    modules = [Transformer(str(folder / "bert"), max_seq_length=96), Pooling(32)]
    prompts = {"query": "query: ", "document": "passage: "}
    SentenceTransformer(modules=modules, prompts=prompts, device="cpu").save(str(folder / "model"))
    (folder / "model" / "README.md").write_text(card, "utf-8")
    return folder / "model"


@pytest.fixture(scope="session")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_model(tmp_path_factory.mktemp("many"), "---\nlanguage: [multilingual, de, hi]\n---\n")


@pytest.fixture(scope="session")
def papers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the same text in each language, in turn as text, Markdown and HTML."""
    folder = tmp_path_factory.mktemp("papers")
    for number, (language, text) in enumerate(TEXTS.items()):
        kind = ("txt", "md", "html")[number % 3]
        whole = {"txt": text, "md": f"# {language}\n\n{text}\n", "html": f"<title>{language}</title><p>{text}</p>"}[
            kind
        ]
        (folder / f"{language}.{kind}").write_text(whole, "utf-8")
    return folder


@pytest.fixture(scope="session")
def bot(model: Path, papers: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chatbot]:
    index = tmp_path_factory.mktemp("index")
    weights = Weights(coverage=1.0, overlap=1.0)  # the words decide: the model knows nothing
    with Chatbot.open(papers, index=index, settings=Settings(model=str(model), weights=weights)) as bot:
        yield bot


def stem(source: str) -> str:
    return Path(source).stem


def test_each_document_is_in_its_language(bot: Chatbot):
    """The language is told from a few sentences, is kept, and the model, being for many, has nothing to note."""
    assert {stem(d.source): d.language for d in bot.documents} == {language: language for language in TEXTS}
    assert {d.notes for d in bot.documents} == {()}


@pytest.mark.parametrize("language", list(TEXTS))
def test_the_right_sentence_is_quoted_word_for_word(bot: Chatbot, language: str):
    """A question in each language is answered from that language's document, and every quote is a slice of its text."""
    question, holds = BRIDGE[language]
    answer = bot.ask(question)
    assert stem(answer.quotes[0].source) == language
    assert holds in answer.quotes[0].text
    for quote in answer.quotes:
        assert quote.text == bot.text(quote.source)[quote.start : quote.end]
        assert bot.text(quote.source)[quote.passage_start : quote.passage_end].find(quote.text) >= 0


@pytest.mark.parametrize("language", list(TEXTS))
def test_passages_are_cut_at_ends_of_sentences(bot: Chatbot, language: str):
    """Passages end where sentences do, also where no space follows, and are as short as the model needs them."""
    hits = [hit for hit in bot.search(BRIDGE[language][0], k=100) if stem(hit.source) == language]
    encoder = bot._index.encoder
    assert len(hits) > 1
    for hit in hits:
        assert hit.text == bot.text(hit.source)[hit.start : hit.end]
        assert hit.text[-1] in '.!?。！？।؟”」"'
        assert encoder.count_tokens([hit.text])[0] <= encoder.passage_room + 2


def test_the_model_reads_passages_to_their_end(model: Path):
    """Of 96 tokens a quarter is the context's, and prompt and ends take theirs; the rest is room for a passage."""
    encoder = SentenceTransformerEncoder(str(model))
    prompt = encoder.count_tokens(["passage: "])[0]
    assert encoder.passage_room == 96 - 24 - 2 - prompt
    text = TEXTS["de"].split("Es zeigt")[0].strip()
    assert encoder.count_tokens([text])[0] <= encoder.passage_room
    (encoded,) = encoder.encode_passages([text], ["Ein Titel " * 50])
    assert encoded.spans[-1].tolist()[1] == len(text)


@pytest.mark.parametrize("language", list(TEXTS))
def test_tokens_stand_where_their_letters_do(model: Path, language: str):
    """Sub-words that take in the space before them begin at their first letter, and miss no letter of the text."""
    text = TEXTS[language][:60] + "\n\n" + TEXTS[language][60:100]
    (encoded,) = SentenceTransformerEncoder(str(model)).encode_passages([text], ["Titel\n"])
    spans = encoded.spans.tolist()
    assert spans == sorted(spans)
    assert not any(text[start].isspace() and not text[start:end].isspace() for start, end in spans)
    held = {place for start, end in spans for place in range(start, end)}
    assert {place for place, letter in enumerate(text) if letter.isalpha()} <= held


@pytest.mark.parametrize("language", FOREIGN)
def test_the_reader_is_for_english(bot: Chatbot, language: str):
    """A question in another language is judged without the reader, and says that the confidence is a guess."""
    question, _ = BRIDGE[language]
    first, *_ = bot.quotes(question)
    assert first.evidence.reader is None
    answer = bot.ask(question)
    assert answer.answered == (answer.confidence >= default_threshold(reader=False))
    assert len(answer.notes) == 1
    assert "was measured with the packaged model" in answer.notes[0]


def test_the_reader_reads_english(model: Path, papers: Path, tmp_path: Path):
    """An English question to English documents is read, also with another model."""
    with Chatbot.open(papers / "en.md", index=tmp_path, settings=Settings(model=str(model))) as bot:
        for question, read in ((BRIDGE["en"][0], True), (BRIDGE["de"][0], False), (BRIDGE["zh"][0], False)):
            first, *_ = bot.quotes(question)
            assert (first.evidence.reader is not None) == read, question


@pytest.mark.parametrize("language", FOREIGN)
def test_an_english_model_is_warned_about(
    language: str, papers: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    """The packaged model meets another language: status, index and the answer name it and the remedy."""
    (source,) = papers.glob(f"{language}.*")
    place = [str(source), "--index", str(tmp_path)]
    assert cli.main(["index", *place]) == 0
    told = " ".join(capsys.readouterr().out.split())
    name = {
        "de": "German",
        "es": "Spanish",
        "ar": "Arabic",
        "hi": "Hindi",
        "zh": "Chinese",
        "ru": "Russian",
        "ja": "Japanese",
    }
    note = f"it is in {name[language]}, and the model all-MiniLM-L6-v2 knows English only"
    assert note in told
    assert "--model NAME_OR_PATH" in told
    assert cli.main(["status", *place]) == 0
    assert f"{source.name}: {note}" in " ".join(capsys.readouterr().out.split())
    cli.main(["ask", BRIDGE[language][0], *place, "--json"])
    answer = json.loads(capsys.readouterr().out)
    assert [note in one for one in answer["notes"]] == [True]
    text = source.read_text("utf-8")
    assert all(quote["text"] in text for quote in answer["quotes"])
    assert all(math.isfinite(quote["confidence"]) for quote in answer["quotes"])


def test_english_needs_no_warning(papers: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    """English with the packaged model has no note, in the tables or beside the answer."""
    place = [str(papers / "en.md"), "--index", str(tmp_path)]
    cli.main(["index", *place])
    cli.main(["status", *place])
    cli.main(["ask", BRIDGE["en"][0], *place])
    assert "ote" not in capsys.readouterr().out.replace("quote", "").replace("Quote", "")


def test_an_answer_shows_its_notes(bot: Chatbot, model: Path, papers: Path, capsys: pytest.CaptureFixture[str]):
    """On the terminal a note stands after the quotes."""
    cli.main(["ask", BRIDGE["de"][0], "--index", str(bot.index_folder), "--model", str(model)])
    assert "\n\nNote: The confidence was measured with the packaged model" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("card", "languages"),
    [
        ("", set()),
        ("---\nlanguage: de\n---\n", {"de"}),
        ("---\nlanguage: [en, fr]\n---\n", {"en", "fr"}),
        ("---\nlanguage:\n- multilingual\n- en\n---\n", set()),
        ("---\nlanguage: [\n---\n", set()),
    ],
)
def test_a_model_says_what_it_is_for(model: Path, tmp_path: Path, card: str, languages: set[str]):
    """Its card names its languages; without one, or with many, no document is warned about."""
    folder = tmp_path / "m"
    folder.mkdir()
    for path in model.iterdir():
        (folder / path.name).symlink_to(path)
    (folder / "README.md").unlink()
    (folder / "README.md").write_text(card, "utf-8")
    encoder = SentenceTransformerEncoder(str(folder))
    assert encoder.languages == languages
    assert not encoder.is_packaged


def test_a_note_of_many_documents_is_shown_once():
    """Documents that share a note share a line, three of them by name."""
    read = {"format": "text", "pages": None, "passages": 1, "indexed_at": "2026-01-01", "language": "de"}
    documents = [DocumentRecord(f"/a/{n}.txt", "T", **read, notes=("it is in German",)) for n in range(5)]
    assert noted(documents) == ["  0.txt, 1.txt, 2.txt and 2 more: it is in German"]
    assert noted(documents[:1]) == ["  0.txt: it is in German"]
    report = SyncReport(added=["/a/1.txt"], unchanged=4)
    assert "\n  1.txt: it is in German\n" in sync_text(report, [], Path("/index"), documents)


def test_the_page_shows_an_answers_notes_as_text():
    """A note names a title, which may hold anything."""
    answer = Answer("?", "?", False, 0.0, (), notes=("<b>T</b>: it is in German.",))
    assert "pq-note" in answer_message(answer)
    assert "<b>" not in answer_message(answer)


@pytest.mark.parametrize(
    ("question", "leans"),
    [("谁建造了河上的大桥？", False), ("为什么？", True), ("नदी पर बना पुल कितना लंबा है?", False), ("कब और क्यों?", True)],
)
def test_a_short_question_leans_on_the_one_before(question: str, leans: bool):
    """Words are counted as the script has them: two characters of Chinese to one, a Hindi word as one."""
    assert depends(question) is leans


def test_an_index_of_the_version_before_says_so(papers: Path, tmp_path: Path):
    """Its documents have no language: it is refused with both numbers and the remedy."""
    catalog = Catalog(tmp_path)
    with catalog.changing():
        catalog.set_setting("format", 1)
    catalog.close()
    with pytest.raises(IndexMismatchError, match=r"has format 1 and this version reads format 2.*index again"):
        Chatbot.open(papers, index=tmp_path)


def test_documents_of_several_languages_are_searched_at_once(bot: Chatbot):
    """A question's words are looked up in the way of each language that the index holds."""
    assert stem(bot.search("granito", k=1)[0].source) == "es"
    assert stem(bot.search("гранит", k=1)[0].source) == "ru"
    assert stem(bot.search("花岗岩", k=1)[0].source) == "zh"
