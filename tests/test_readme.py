"""The README tells the truth: its snippets run, its printed output is what is printed, its links lead somewhere."""

import contextlib
import io
import re
import shlex
from pathlib import Path

import pytest

from corpus import SUFFIXES
from qa.cli import main

README = (Path(__file__).parent.parent / "README.md").read_text("utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))


def test_the_python_snippets_run_and_print_what_they_say() -> None:
    """They are run one after the other, in one namespace."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec("\n".join(blocks("python")), {})
    assert printed.getvalue() == blocks("text")[0]


def test_the_command_prints_what_it_says(capsys: pytest.CaptureFixture[str]) -> None:
    """Up to the dots; how sure it is may differ by a little from machine to machine."""
    for block in blocks("console"):
        command, expected = block.removeprefix("$ ").split("\n", 1)
        assert main(shlex.split(command)[1:]) == 0
        out = re.sub(r"\d+% sure", "% sure", capsys.readouterr().out)
        assert out.startswith(re.sub(r"\d+% sure", "% sure", expected.removesuffix("...\n")))


def test_every_command_is_documented(capsys: pytest.CaptureFixture[str]) -> None:
    """What `--help` lists, the README explains; each of its options is one that the command has."""
    with pytest.raises(SystemExit):
        main(["--help"])
    commands = re.findall(r"^    (\w+) {2,}", capsys.readouterr().out, re.MULTILINE)
    assert commands
    for command in commands:
        row = next(line for line in README.splitlines() if line.startswith(f"| `pullquote {command} "))
        with pytest.raises(SystemExit):
            main([command, "--help"])
        usage = capsys.readouterr().out
        assert all(option in usage for option in re.findall(r"--[a-z-]+", row))


def test_files_and_formats_that_it_names_are_there() -> None:
    """Pictures exist, and suffixes are read."""
    for target in re.findall(r"\]\(([^)#]+)\)", README):
        assert (Path(__file__).parent.parent / target).is_file(), target
    formats = README.split("| format |")[1].split("\n\n")[0]
    assert set(re.findall(r"\((\.\w+)\)", formats)) <= set(SUFFIXES)
