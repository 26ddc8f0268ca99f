"""The rooms below `storage` are pure: no clock, no randomness, no environment, no input or output of their own."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import contractor_compliance

FOLDER = Path(contractor_compliance.__path__[0])
#: The rooms below `storage`; a room that is not built yet has no files.
PURE = (
    "bulk",
    "catalog",
    "display",
    "domain",
    "errors",
    "evaluation",
    "explanation",
    "intake",
    "metrics",
    "reminders",
    "results",
    "serialization",
)
FILES = sorted(
    path for room in PURE for path in (*(FOLDER / room).rglob("*.py"), FOLDER / f"{room}.py") if path.exists()
)

#: Modules that are nothing but a clock, chance, the environment, or a way out. Data files that ship with the package
#: are read through importlib.resources.
BANNED_MODULES = frozenset(
    {"asyncio", "logging", "os", "random", "secrets", "socket", "subprocess", "tempfile", "threading", "time", "uuid"}
)
#: Whatever they are called on: `datetime.now()`, `date.today()`, `pendulum.now()`.
BANNED_ATTRIBUTES = frozenset({"environ", "getenv", "now", "putenv", "today", "urandom", "utcnow"})
BANNED_CALLS = frozenset({"breakpoint", "eval", "exec", "input", "open", "print"})


def impurities(source: str) -> Iterator[str]:
    """Yield what a module does that depends on, or reaches, anything but its arguments."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Import(names=names):
                yield from (f"line {node.lineno}: import {name.name}" for name in names if _is_banned(name.name))
            case ast.ImportFrom(module=str(module)) if _is_banned(module):
                yield f"line {node.lineno}: from {module} import"
            case ast.Attribute(attr=attribute) if attribute in BANNED_ATTRIBUTES:
                yield f"line {node.lineno}: .{attribute}"
            case ast.Call(func=ast.Name(id=name)) if name in BANNED_CALLS:
                yield f"line {node.lineno}: {name}()"
            case ast.Global(names=names):
                yield f"line {node.lineno}: global {', '.join(names)}"


def _is_banned(module: str) -> bool:
    return module.partition(".")[0] in BANNED_MODULES


def test_the_pure_rooms_are_among_the_files_searched_for_impurities() -> None:
    assert {"display.py", "domain", "errors.py", "evaluation", "serialization"} <= {
        path.relative_to(FOLDER).parts[0] for path in FILES
    }


@pytest.mark.parametrize("path", FILES, ids=[path.relative_to(FOLDER).as_posix() for path in FILES])
def test_a_module_of_a_pure_room_depends_on_its_arguments_alone(path: Path) -> None:
    assert [] == list(impurities(path.read_text(encoding="utf-8")))


@pytest.mark.parametrize(
    "source",
    [
        "from datetime import datetime\nx = datetime.now()",
        "import datetime\nx = datetime.datetime.utcnow()",
        "from datetime import date as day\nx = day.today()",
        "def f():\n    return date.today()",
        "import os\nx = os.environ['HOME']",
        "from os import environ",
        "import random",
        "from random import choice",
        "import time",
        "import uuid",
        "import secrets",
        "text = open('file').read()",
        "print('hello')",
        "def f():\n    global x\n    x = 1",
        "import os.path",
    ],
)
def test_an_impure_call_or_import_is_noticed(source: str) -> None:
    assert list(impurities(source))


@pytest.mark.parametrize(
    "source",
    [
        "from datetime import date\nx = date(2026, 1, 1)",
        "import re\nx = re.compile('a')",
        "opened = path.open",
        "from importlib.resources import files\nx = files('p').joinpath('t.toml').read_text()",
    ],
)
def test_pure_code_is_reported_for_no_impurity(source: str) -> None:
    assert [] == list(impurities(source))
