"""Whether the model knows a document's language, and the words for it when it does not."""

from corpus.language import language_name
from index.encoder import Encoder


def language_note(language: str, encoder: Encoder) -> str:
    """Return what to say of a document in a language that the model was not made for; empty where there is nothing.

    Args:
        language: of the document: ISO 639-1, empty where it is not known.
        encoder: the model.
    """
    if not language or not encoder.languages or language in encoder.languages:
        return ""
    known = ", ".join(sorted(map(language_name, encoder.languages)))
    return (
        f"it is in {language_name(language)}, and the model {encoder.name} knows {known} only, so that answers from it "
        "are poor; index it with a multilingual model (--model NAME_OR_PATH)"
    )
