"""Writes `reference/api.md`: every public name with the first paragraph of its docstring.

Run it after a change to an `__all__`, to a docstring or to the parameters of a function:
`python docs/generate_api.py`. A test says when it is due.
"""
# ruff: noqa: INP001  # a program, no package

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
from pathlib import Path
from types import FunctionType, ModuleType

import contractor_compliance

PAGE = Path(__file__).parent / "reference" / "api.md"
_ROOT = "contractor_compliance"
#: Public modules inside a room; every other public module is the room itself.
_INNER = (
    "integrations.fastapi",
    "integrations.http",
    "storage.sql",
    "testing.cases",
    "testing.companies",
    "testing.factories",
    "testing.strategies",
)

INTRODUCTION = """\
# Public names

<!--- Written by docs/generate_api.py; change that, or the docstrings. -->

Public is what stands in an `__all__` of the modules below, and nothing else.
[Compatibility](../explanation/compatibility.md) says what that promises.
Import a name from the module under which it stands here.
`help(name)` tells the rest: arguments, fields, exceptions.
The fields of everything that can stand in a document are also listed in [Document formats](formats.md).
"""


def public_modules() -> tuple[str, ...]:
    """Return the modules that have public names: the root, the rooms, and public modules inside a room."""
    rooms = sorted(iter_module.name for iter_module in pkgutil.iter_modules(contractor_compliance.__path__))
    names = (_ROOT, *(f"{_ROOT}.{room}" for room in sorted((*rooms, *_INNER))))
    return tuple(name for name in names if hasattr(importlib.import_module(name), "__all__"))


def summary(module: str, name: str) -> str | None:
    """Return what a public name is, in a sentence or two; None if nothing says it."""
    if name == "__version__":
        return "The version of the installed package, as text."
    value = getattr(importlib.import_module(module), name)
    value = inspect.unwrap(value) if callable(value) else value  # a remembered function is the function
    if isinstance(value, FunctionType | type):
        # A class that inherits its docstring says nothing of itself.
        doc = value.__dict__.get("__doc__") if isinstance(value, type) else value.__doc__
        return _first_paragraph(inspect.cleandoc(doc)) if doc else None
    return _comment_above(module, name)


def page() -> str:
    """Return the page."""
    return INTRODUCTION + "".join(_section(name) for name in public_modules())


def _section(name: str) -> str:
    module = importlib.import_module(name)
    described = inspect.cleandoc(module.__doc__ or "").partition("\n\n")[0].replace("\n", " ")
    rows = "".join(
        f"| `{_written(name, public_name)}` | {_cell(summary(name, public_name))} |\n" for public_name in module.__all__
    )
    return f"\n## `{name}`\n\n{described}\n\n| Name | What it is |\n| --- | --- |\n{rows}"


def _written(module: str, name: str) -> str:
    value = None if name == "__version__" else getattr(importlib.import_module(module), name)
    if not isinstance(value, FunctionType):
        return name
    parts: list[str] = []
    for parameter in inspect.signature(value).parameters.values():
        if (
            parameter.kind is parameter.KEYWORD_ONLY
            and "*" not in parts
            and not any(part.startswith("*") for part in parts)
        ):
            parts.append("*")
        stars = {parameter.VAR_POSITIONAL: "*", parameter.VAR_KEYWORD: "**"}.get(parameter.kind, "")
        parts.append(stars + parameter.name)
    return f"{name}({', '.join(parts)})"


def _first_paragraph(doc: str) -> str:
    return doc.partition("\n\n")[0].replace("\n", " ")


def _cell(text: str | None) -> str:
    return (text or "").replace("|", "\\|")


def _comment_above(module: str, name: str) -> str | None:
    """Return the `#:` comment above the assignment of a name, in the module that assigns it."""
    source = _source(importlib.import_module(module))
    tree = ast.parse(source)
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and node.module and any(alias.name == name for alias in node.names):
            return _comment_above(node.module, name)
        targets = node.targets if isinstance(node, ast.Assign) else [node.target] if _annotated(node) else []
        if any(isinstance(target, ast.Name) and target.id == name for target in targets):
            lines = source.splitlines()[: node.lineno - 1]
            lines_above: list[str] = []
            while lines and lines[-1].startswith("#:"):
                lines_above.insert(0, lines.pop().removeprefix("#:").strip())
            return " ".join(lines_above) or None
    return None


def _annotated(node: ast.stmt) -> bool:
    return isinstance(node, ast.AnnAssign)


def _source(module: ModuleType) -> str:
    return inspect.getsource(module)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
