"""What is being done, shown in the answer's place until the answer is there."""

from collections.abc import Callable, Iterator, Sequence
from queue import SimpleQueue
from threading import Thread

from qa.page.asking import Reply

LOOKING = '<div class="pq-sources pq-empty"><p>Looking …</p></div>'
_DOING = {"searching": "Searching the documents …", "reading": "Reading the best passages …"}
_DONE = {"searching": "Searched the documents", "reading": "Read the best passages"}


def replies(answering: Callable[[Callable[[str], None]], Reply]) -> Iterator[Reply]:
    """Yield what is being done as it begins, then the reply.

    Args:
        answering: makes the reply, and tells each stage as `Chatbot.ask` does; it runs in a thread of its own, which
            whoever stops listening (the page's stop button) leaves to end by itself. It must not raise.
    """
    told: SimpleQueue[str | Reply] = SimpleQueue()
    Thread(target=lambda: told.put(answering(told.put)), name="answering", daemon=True).start()
    stages: list[str] = []
    while not isinstance(item := told.get(), Reply):
        stages.append(item)
        yield Reply(stage_message(stages), LOOKING)
    yield item


def stage_message(stages: Sequence[str]) -> str:
    """Return the message that stands where the answer will.

    Args:
        stages: what has been begun, "searching" and "reading"; the last is still being done.
    """
    past = len(stages) - 1
    items = "".join(
        f'<li class="pq-done">{_DONE[stage]}</li>' if at < past else f'<li class="pq-now">{_DOING[stage]}</li>'
        for at, stage in enumerate(stages)
    )
    return f'<div class="pq-stages"><ol>{items}</ol></div>'
