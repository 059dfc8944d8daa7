"""What to keep in mind with an answer: a language that the model does not know, a model not measured."""

from collections.abc import Sequence

from index.encoder import Encoder
from index.knowledge import language_note
from qa.choose import Choice


def answer_notes(choices: Sequence[Choice], encoder: Encoder) -> tuple[str, ...]:
    """Return the notes of an answer, a sentence each, none twice.

    Args:
        choices: what is quoted, best first.
        encoder: the model that it was found with.
    """
    passages = [choice.candidate.passage for choice in choices]
    found = [(passage.title, language_note(passage.language, encoder)) for passage in passages]
    notes = [f"{title}: {note}." for title, note in found if note]
    if choices and not encoder.is_packaged:
        notes.append(
            f"The confidence was measured with the packaged model; with {encoder.name} it is a rough guide, "
            "and --threshold sets from where on a question counts as answered."
        )
    return tuple(dict.fromkeys(notes))
