"""The documents: what there is, what could not be read, and how to change it."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import gradio as gr

from qa.page.bot import Bot
from qa.page.changes import Changes, picks
from qa.page.chosen_bar import bar_update
from qa.page.documents_list import ANY_KIND, View, failures_list, listing
from qa.page.documents_parts import Adding, Table, adding_parts, list_parts
from qa.page.escape import literal
from qa.page.header import header
from qa.page.progress import progress_panel
from qa.page.uploads import Uploads
from qa.page.work import Work

TICK_SECONDS = 1.0
QUIET: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}


def documents_tab(
    bot: Bot,
    work: Work,
    *,
    uploads: Uploads | None,
    paths: str,
    bar: list[Any],
    tabs: gr.Tabs,
    tab: gr.Tab,
    head: gr.Markdown,
) -> None:
    """Build the list of documents and what changes it, inside the blocks that are open.

    Args:
        bot: has the documents.
        work: makes the changes to the index.
        uploads: where uploaded files are kept; None where nothing may be changed.
        paths: who may add files and folders of this machine: "all", "own", "none".
        bar: the parts of `chosen_bar`, which say what is asked.
        tabs: the tabs of the page, to go to the question.
        tab: the one that is being built.
        head: the page's head, which counts the documents.
    """
    changes = Changes(bot, work, uploads, paths) if uploads else None
    seen = gr.State(0)
    timer = gr.Timer(TICK_SECONDS, active=False)
    with gr.Column(elem_id="pq-documents"):
        adding = adding_parts(uploads, paths) if uploads else None
        status = gr.Markdown(elem_id="pq-status", latex_delimiters=[])
        stop = gr.Button("Stop", size="sm", visible=False, elem_id="pq-stop")
        table, actions, pager = list_parts(read_only=changes is None)

    def shown(values: Sequence[Any], turn: int = 0) -> tuple[Any, ...]:
        documents = bot.documents
        search, kind, state, order, page, picked = values
        ticked = picks(picked, [document.source for document in documents])
        found = listing(documents, bot.stale(), View(search or "", kind, state, order, page + turn, frozenset(ticked)))
        return (
            found.html,
            gr.update(visible=found.pages > 1),
            f'<p class="pq-where">Page {found.page + 1:,} of {found.pages:,}, {found.found:,} documents</p>',
            found.page,
            failures_list(bot.failures, search or ""),
        )

    def refreshed(finished: int, *view: Any) -> tuple[Any, ...]:
        """Say how the work stands; list the documents anew when something has been done since."""
        state = work.state()
        busy = bool(state.name or state.waiting)
        news = (gr.skip(),) * (len(table.outputs) + 2)
        if state.finished != finished:
            kinds = [ANY_KIND, *sorted({document.format for document in bot.documents})]
            kind = view[1] if view[1] in kinds else ANY_KIND
            news = (header(bot), gr.update(choices=kinds, value=kind), *shown((view[0], kind, *view[2:])))
        return progress_panel(state), gr.update(visible=busy), gr.Timer(active=busy), state.finished, *news

    news = [status, stop, timer, seen, head, table.kind, *table.outputs]

    def anew(*view: Any) -> tuple[Any, ...]:
        return refreshed(-1, *view)

    def first_page(*view: Any) -> tuple[Any, ...]:
        return shown(view, turn=-view[4])

    def turned(by: int) -> Any:
        return lambda *view: shown(view, turn=by)

    # a tab that is opened shows what others have changed meanwhile
    tab.select(anew, table.inputs, news, queue=False, **QUIET)
    timer.tick(refreshed, [seen, *table.inputs], news, queue=False, **QUIET)
    for narrowed in (table.search.change, table.kind.input, table.state.input, table.order.input):
        narrowed(first_page, table.inputs, table.outputs, queue=False, **QUIET)
    for button, by in zip(pager, (-1, 1), strict=True):
        button.click(turned(by), table.inputs, table.outputs, queue=False, **QUIET)

    def ticked(picked: str) -> list[str]:
        return picks(picked, [document.source for document in bot.documents])

    def offered(picked: str) -> tuple[Any, ...]:
        count = len(ticked(picked))
        what = "this document" if count == 1 else f"these {count:,}" if count else "these"
        return (gr.update(value=f"Ask only {what}", interactive=bool(count)), *[gr.update(interactive=bool(count))] * 2)

    ask_only, *others = actions
    if changes:
        table.picked.change(offered, table.picked, actions[:3], queue=False, **QUIET)
    else:
        table.picked.change(lambda picked: offered(picked)[0], table.picked, ask_only, queue=False, **QUIET)
    ask_only.click(
        lambda picked: (*bar_update(ticked(picked)), gr.Tabs(selected="ask")),
        table.picked,
        [*bar, tabs],
        queue=False,
        **QUIET,
    )
    if changes and adding:
        _wire_adding(changes, adding, anew, table, news)
        _wire_actions(changes, others, ticked=ticked, anew=anew, table=table, news=news)
        stop.click(work.stop, None, None, queue=False, **QUIET)


def _wire_adding(changes: Changes, adding: Adding, anew: Any, table: Table, news: list[Any]) -> None:
    def uploaded(files: Sequence[tuple[str, Path]]) -> tuple[None, str]:
        return None, _problem(changes.take_in(files))

    def added(path: str, request: gr.Request) -> tuple[Any, str]:
        client = request.client.host if request.client else ""
        problem = changes.add_path(path or "", client, dict(request.headers))
        return gr.skip() if problem else "", _problem(problem)

    adding.upload.upload(
        uploaded, adding.upload, [adding.upload, adding.refused], show_progress="hidden", api_visibility="private"
    ).then(anew, table.inputs, news, queue=False, **QUIET)
    for asked in (adding.add.click, adding.path.submit):
        asked(added, adding.path, [adding.path, adding.refused], queue=False, **QUIET).then(
            anew, table.inputs, news, queue=False, **QUIET
        )


def _wire_actions(
    changes: Changes, buttons: list[Any], *, ticked: Any, anew: Any, table: Table, news: list[Any]
) -> None:
    again, remove, check, undo, sure, line, yes, no = buttons
    removed = gr.State([])

    def asked(picked: str) -> tuple[Any, str]:
        sources = ticked(picked)
        uploaded = sum(changes.uploads.holds(source) for source in sources)
        return gr.update(visible=bool(sources)), f'<p class="pq-lead">{literal(_question(len(sources), uploaded))}</p>'

    def done(picked: str) -> tuple[Any, ...]:
        sources = ticked(picked)
        if sources:
            changes.remove(sources)
        return gr.update(visible=False), "", sources, gr.update(visible=bool(sources))

    def undone(sources: list[str]) -> tuple[Any, ...]:
        if sources:
            changes.restore(sources)
        return [], gr.update(visible=False)

    def read_again(picked: str) -> None:
        if sources := ticked(picked):
            changes.read_again(sources)

    quick: dict[str, Any] = {"queue": False, **QUIET}
    remove.click(asked, table.picked, [sure, line], **quick)
    no.click(lambda: gr.update(visible=False), None, sure, **quick)
    after = [
        yes.click(done, table.picked, [sure, table.picked, removed, undo], **quick),
        undo.click(undone, removed, [removed, undo], **quick),
        again.click(read_again, table.picked, None, **quick),
        check.click(changes.check_all, None, None, **quick),
    ]
    for change in after:
        change.then(anew, table.inputs, news, **quick)


def _question(count: int, uploaded: int) -> str:
    them = "this document" if count == 1 else f"these {count:,} documents"
    files = "The file itself stays where it is." if count == 1 else "The files themselves stay where they are."
    if uploaded:
        files = "Uploaded files are deleted when Pullquote next starts; until then they can be added back."
    return f"Remove {them} from the index? {files}"


def _problem(text: str) -> str:
    lines = "".join(f"<p>{literal(line)}</p>" for line in text.splitlines())
    return f'<div class="pq-work pq-problem" role="alert">{lines}</div>' if text else ""
