"""The page and what stands on it, and how it is mounted in an application."""

import os
from pathlib import Path

import gradio as gr
from fastapi import FastAPI

from qa.page import keeping
from qa.page.ask_tab import ask_tab
from qa.page.bot import Bot
from qa.page.documents_tab import documents_tab
from qa.page.header import header
from qa.page.map_tab import map_tab
from qa.page.uploads import Uploads
from qa.page.work import Work

TITLE = "Pullquote"
SCRIPT = "pullquote.js"
STYLES = ("page.css", "documents.css")
SYSTEM_FONTS = ["ui-sans-serif", "system-ui", "sans-serif"]
SYSTEM_MONO_FONTS = ["ui-monospace", "Consolas", "monospace"]


def mount(
    app: FastAPI, bot: Bot, work: Work, *, read_only: bool = False, paths: str = "none", root_path: str = ""
) -> None:
    """Mount the page in an application, with everything of Gradio off that would leave the machine or a trace on it.

    Args:
        app: the application; the page becomes its root.
        bot: answers the questions.
        work: makes the changes to the index.
        read_only: leave out all that changes anything.
        paths: who may add files and folders of this machine by their paths: "all" who open the page, those on its
            "own" machine, "none".
        root_path: path that a reverse proxy serves the application under; empty for the root.
    """
    uploads = None
    if not read_only:
        uploads = Uploads(bot.index_folder, bot.settings.limits.file_bytes)
        uploads.tidy()
        os.environ["GRADIO_TEMP_DIR"] = str(uploads.arriving)  # else everybody on the machine could read what arrives
    gr.mount_gradio_app(
        app,
        _page(bot, work, uploads, paths),
        path="",
        root_path=root_path,
        theme=gr.themes.Default(
            primary_hue="indigo", neutral_hue="slate", font=SYSTEM_FONTS, font_mono=SYSTEM_MONO_FONTS
        ),
        head='<link rel="icon" href="favicon.ico">'
        + "".join(f'<script src="{script}" type="module"></script>' for script in (SCRIPT, keeping.SCRIPT)),
        css_paths=[Path(__file__).with_name(style) for style in STYLES],
        footer_links=[],
        run_history=False,
        show_error=False,
        ssr_mode=False,
        enable_monitoring=False,
        pwa=False,
        mcp_server=False,
        max_file_size=bot.settings.limits.file_bytes,
    )


def _page(bot: Bot, work: Work, uploads: Uploads | None, paths: str) -> gr.Blocks:
    page = gr.Blocks(title=TITLE, analytics_enabled=False, fill_width=True, fill_height=True)
    with page:
        head = gr.Markdown(header(bot), elem_id="pq-head", latex_delimiters=[])
        chosen, last = gr.State([]), gr.State(None)
        with gr.Tabs(elem_id="pq-tabs") as tabs:
            with gr.Tab("Ask", id="ask"):
                bar = ask_tab(bot, chosen, last, read_only=uploads is None)
            with gr.Tab("Documents", id="documents") as documents:
                documents_tab(bot, work, uploads=uploads, paths=paths, bar=bar, tabs=tabs, tab=documents, head=head)
            with gr.Tab("Map", id="map") as picture:
                map_tab(bot, last, picture)
        # the documents may have changed since the server started
        page.load(lambda: header(bot), None, head, queue=False, api_visibility="undocumented")
    return page
