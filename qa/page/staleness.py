"""The words for a document whose file is no longer as it was read."""

from qa.page.escape import literal

_WORDS = {"": "Up to date", "changed": "Changed on disk", "gone": "File is gone"}
_NOTES = {
    "changed": "The file has changed since it was read; the quote is from the text as it was then.",
    "gone": "The file is gone since it was read; the quote is from the text as it was then.",
}


def state_words(state: str) -> str:
    """Return the state of a document in a few words; "" is the state of one that is as it was read."""
    return literal(_WORDS[state])


def stale_note(state: str) -> str:
    """Return the HTML of what stands beside a quote from such a document; empty for one that is as it was read."""
    return f'<span class="pq-stale">{literal(_NOTES[state])}</span>' if state else ""
