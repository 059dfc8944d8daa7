"""What the tab of the documents is made of: where they are added, listed and changed."""

from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Any

import gradio as gr
from gradio.data_classes import ListFiles

from qa.page.documents_list import ANY_KIND, ORDERS, STATES
from qa.page.escape import literal
from qa.page.uploads import Uploads


@dataclass(frozen=True, slots=True)
class Table:
    """The components that say which documents are shown, and those that show them."""

    search: gr.Textbox
    kind: gr.Dropdown
    state: gr.Dropdown
    order: gr.Dropdown
    page: gr.State
    picked: gr.Textbox
    rows: gr.Markdown
    pager: gr.Row
    where: gr.Markdown
    unread: gr.Markdown

    @property
    def inputs(self) -> list[Any]:
        """What decides which documents are shown."""
        return [self.search, self.kind, self.state, self.order, self.page, self.picked]

    @property
    def outputs(self) -> list[Any]:
        """What shows them."""
        return [self.rows, self.pager, self.where, self.page, self.unread]


@dataclass(frozen=True, slots=True)
class Adding:
    """The components by which documents are added."""

    upload: gr.File
    path: gr.Textbox
    add: gr.Button
    refused: gr.Markdown


def adding_parts(uploads: Uploads, paths: str) -> Adding:
    """Build the components by which documents are added.

    Args:
        uploads: where uploaded files are kept.
        paths: who may add files and folders of this machine: "all", "own", "none".
    """
    with gr.Row(elem_id="pq-adding"):
        with gr.Column(scale=3, min_width=280):
            upload = gr.File(label="Upload documents", file_count="multiple", height=130, elem_id="pq-upload")
            gr.Markdown(f'<p class="pq-note">{literal(uploads.limits)}</p>', elem_id="pq-limits", latex_delimiters=[])
        with gr.Column(scale=2, min_width=280, visible=paths != "none", elem_id="pq-paths"):
            path = gr.Textbox(
                label="Add a folder or file of this machine",
                placeholder="/home/me/papers",
                max_lines=1,
                elem_id="pq-path",
            )
            add = gr.Button("Add", size="sm", elem_id="pq-add")
    refused = gr.Markdown(elem_id="pq-refused", latex_delimiters=[])

    def named(payload: ListFiles | None) -> list[tuple[str, Path]]:
        """Return each file's own name beside its place; Gradio would leave the name out, and a file behind."""
        return [(file.orig_name or PurePath(file.path).name, Path(file.path)) for file in payload or []]

    upload.preprocess = named  # type: ignore[method-assign, assignment]
    return Adding(upload, path, add, refused)


def list_parts(*, read_only: bool) -> tuple[Table, list[Any], tuple[gr.Button, gr.Button]]:
    """Build the components that list the documents, those that act on ticked ones, and those that turn the page.

    Args:
        read_only: whether the documents may only be looked at and chosen.
    """
    with gr.Row(elem_id="pq-filters"):
        search = gr.Textbox(label="Search", placeholder="Title, file or folder", max_lines=1, scale=3, min_width=200)
        kind = gr.Dropdown([ANY_KIND], value=ANY_KIND, label="Type", min_width=150, filterable=False)
        state = gr.Dropdown(list(STATES), value=STATES[0], label="State", min_width=150, filterable=False)
        order = gr.Dropdown(list(ORDERS), value=ORDERS[0], label="Sort by", min_width=150, filterable=False)
    with gr.Row(elem_id="pq-actions"):
        actions: list[Any] = [
            gr.Button("Ask only these", size="sm", variant="primary", interactive=False, min_width=120)
        ]
        if not read_only:
            actions += [
                gr.Button("Read again", size="sm", interactive=False, min_width=100),
                gr.Button("Remove…", size="sm", interactive=False, min_width=100),
                gr.Button("Check all files", size="sm", min_width=120),
                gr.Button("Undo the removal", size="sm", min_width=120, visible=False),
            ]
    if not read_only:
        with gr.Row(elem_id="pq-sure", visible=False) as sure:
            actions += [
                sure,
                gr.Markdown(elem_id="pq-sure-line", latex_delimiters=[]),
                gr.Button("Remove", size="sm", variant="stop", scale=0, min_width=100),
                gr.Button("Keep", size="sm", scale=0, min_width=100),
            ]
    rows = gr.Markdown(elem_id="pq-rows", latex_delimiters=[])
    with gr.Row(elem_id="pq-pager", visible=False) as pager:
        back = gr.Button("Previous", size="sm", scale=0, min_width=100)
        where = gr.Markdown(latex_delimiters=[])
        on = gr.Button("Next", size="sm", scale=0, min_width=100)
    unread = gr.Markdown(elem_id="pq-unread", latex_delimiters=[])
    # the page's script keeps the ticked sources here, as a list in JSON
    picked = gr.Textbox(elem_id="pq-picked", label="Ticked documents", lines=1)
    table = Table(search, kind, state, order, gr.State(0), picked, rows, pager, where, unread)
    return table, actions, (back, on)
