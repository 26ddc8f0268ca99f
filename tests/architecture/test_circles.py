"""No module imports itself through others, imports inside functions included."""

from __future__ import annotations

import ast
import importlib
import re
from collections.abc import Iterator
from pathlib import Path

import contractor_compliance
from contractor_compliance.display import RENDERERS

ROOT = "contractor_compliance"
FOLDER = Path(contractor_compliance.__path__[0])


def modules() -> dict[str, str]:
    """Return the source of each module by its name, the root apart: its lazy names are there for checkers."""
    names = {}
    for path in sorted(FOLDER.rglob("*.py")):
        parts = path.relative_to(FOLDER).with_suffix("").parts
        name = ".".join((ROOT, *(parts[:-1] if parts[-1] == "__init__" else parts)))
        names[name] = path.read_text(encoding="utf-8")
    del names[ROOT]
    return names


def imported(source: str, names: frozenset[str]) -> Iterator[str]:
    """Yield the modules that a source imports anywhere: at its top, in a function, for a checker alone."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in names)
        elif isinstance(node, ast.ImportFrom) and node.module is not None:
            for alias in node.names:
                module = f"{node.module}.{alias.name}"
                yield from (name for name in (module if module in names else node.module,) if name in names)


def circles(graph: dict[str, frozenset[str]]) -> list[str]:
    """Return the modules that stay when those that import no other are taken away, again and again."""
    left = dict(graph)
    while free := [name for name, targets in left.items() if not targets & left.keys()]:
        for name in free:
            del left[name]
    # What only leads into a circle is none of it.
    while free := [name for name in left if not any(name in targets for targets in left.values())]:
        for name in free:
            del left[name]
    return sorted(left)


def graph_of(sources: dict[str, str]) -> dict[str, frozenset[str]]:
    names = frozenset(sources)
    return {name: frozenset(imported(source, names)) - {name} for name, source in sources.items()}


def test_there_is_no_circle_of_imports() -> None:
    assert [] == circles(graph_of(modules()))


def test_an_import_inside_a_function_closes_a_circle() -> None:
    sources = {
        "a": "import b",
        "b": "def late():\n    from c import name",
        "c": "import a",
        "d": "import a",
    }

    assert ["a", "b", "c"] == circles(graph_of(sources))


def test_every_renderer_names_a_function_and_a_class_that_exist() -> None:
    results = importlib.import_module(f"{ROOT}.results")

    for class_name, place in RENDERERS.items():
        module, _, function = place.partition(":")
        assert callable(getattr(importlib.import_module(module), function))
        assert hasattr(getattr(results, class_name), "_repr_html_")


def test_only_renderers_lead_to_a_floor_above() -> None:
    """Nothing else names a function of the package in a text, to be looked up when it is needed."""
    places = {
        name: set(re.findall(rf'"({ROOT}(?:\.\w+)+):\w+"', source))
        for name, source in modules().items()
        if not name.startswith(f"{ROOT}.testing")
    }
    rooms = {name.split(".")[1]: {place.split(".")[1] for place in named} for name, named in places.items() if named}

    assert {"display": {"explanation"}} == rooms
