"""How a change to the index stands -> the HTML that says it."""

from index.sync import SyncReport
from qa.page.escape import literal, name
from qa.page.work import WorkState


def progress_panel(state: WorkState) -> str:
    """Return the HTML of what is being done, or of what was done last; empty before anything was.

    Args:
        state: how the work stands.
    """
    if not state.name and not state.waiting:
        kind = "pq-problem" if state.failed else "pq-done"
        lines = "".join(f"<p>{literal(line)}</p>" for line in state.outcome.splitlines())
        return f'<div class="pq-work {kind}">{lines}</div>' if state.outcome else ""
    done, total = state.progress.done, state.progress.total
    bar = f'<progress max="{total}" value="{done}"></progress>' if total else "<progress></progress>"
    file = state.progress.source.rpartition("/")[2]
    at = f'<p class="pq-note">{name(file)}</p>' if file else ""
    title = state.name or "Waiting"
    return (
        f'<div class="pq-work pq-busy"><p class="pq-lead">{literal(title)}</p>{bar}'
        f"<p>{literal(', '.join(_counts(state)))}</p>{at}</div>"
    )


def _counts(state: WorkState) -> list[str]:
    progress = state.progress
    if progress.stage == "looking":
        counts = [f"looking for files, {progress.done:,} found" if progress.done else "looking for files"]
    elif progress.stage == "finishing":
        counts = ["writing the index"]
    else:
        counts = [f"{progress.done:,} of {progress.total:,} files", f"{progress.passages:,} passages"]
        if state.seconds_left is not None:
            counts.append(f"about {duration(state.seconds_left)} left")
    if state.waiting:
        counts.append(f"{state.waiting} more to come")
    return counts


def duration(seconds: float) -> str:
    """Return a time for people, to the second below a minute and to the minute above."""
    if seconds < 60:
        return f"{max(1, round(seconds))} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"


def report_text(report: SyncReport) -> str:
    """Return in a sentence what an indexing run did."""
    parts = [
        f"{_files(len(sources))} {verb}"
        for verb, sources in (
            ("added", report.added),
            ("read again", report.changed),
            ("moved", report.moved),
            ("gone", report.removed),
            ("could not be read (see below)", report.failed),
        )
        if sources
    ]
    return f"Done: {', '.join(parts)}." if parts else "Done: every file is as it was."


def _files(count: int) -> str:
    return f"{count:,} file" + ("" if count == 1 else "s")
