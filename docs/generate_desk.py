"""Writes `reference/desk.md`: every use case of the desk with its permission, arguments, exceptions and example.

Run it after a change to a use case or to the permissions: `python docs/generate_desk.py`. A test says when it is due.
"""
# ruff: noqa: INP001  # a program, no package

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from contractor_compliance.desk import PERMISSION_TITLES, WRITES, ComplianceDesk, MemberDesk, permission_of

PAGE = Path(__file__).parent / "reference" / "desk.md"
_SECTION = re.compile(r"^(Args|Returns|Raises|Example):\n((?:(?: {4}.*)?\n?)*)", re.MULTILINE)
_ITEM = re.compile(r"^(\w+): (.*(?:\n    .*)*)", re.MULTILINE)

INTRODUCTION = """\
# Use cases of the desk

<!--- Written by docs/generate_desk.py; change that, or the docstrings. -->

`ComplianceDesk` is the desk of a company, and `MemberDesk` has the use cases of one member of it.
[Run the desk](../how-to/run_the_desk.md) shows them together, and [The desk](../explanation/desk.md) explains them.

Each use case of a member needs a permission, by the code that stands in a `Role`.
A member without it gets an `AccessDeniedError` with the title: "You may not see contractors in this company."
Every use case that changes something takes an idempotency `key` and may raise a `ConflictError`: make the call again.

The examples use `sample_desk`: an invented company in memory with a contractor on file, for your tests too.
"""
POWERS = """
## Permissions within use cases

These permissions are not those of a use case alone: they allow more within one.

| Permission | Title |
| --- | --- |
"""


def use_cases(cls: type) -> dict[str, Callable[..., Any]]:
    """Return the use cases that a class itself defines, by name, in the order of the source."""
    values = {name: getattr(cls, name) for name in vars(cls) if not name.startswith("_")}
    return {name: value for name, value in values.items() if inspect.isroutine(value)}


def groups() -> tuple[type, ...]:
    """Return the classes that together make the desk of a member, in the order of the page."""
    return tuple(cls for cls in MemberDesk.__bases__ if use_cases(cls))


def powers() -> list[str]:
    """Return the permissions that no use case has as its own."""
    needed = {permission_of(name) for cls in groups() for name in use_cases(cls)}
    return sorted(PERMISSION_TITLES.keys() - needed)


def page() -> str:
    """Return the page."""
    company = "## The company's desk\n\n" + "".join(_entry(*item) for item in use_cases(ComplianceDesk).items())
    members = "".join(_group(cls) for cls in groups())
    rows = "".join(f"| `{code}` | {PERMISSION_TITLES[code]} |\n" for code in powers())
    return f"{INTRODUCTION}\n{_contents()}\n{company}{members}".rstrip("\n") + f"\n{POWERS}{rows}"


def _contents() -> str:
    rows = [
        f"| [`{name}`](#{name}) | {_first_sentence(value)} | {PERMISSION_TITLES[permission_of(name)]} |\n"
        for cls in groups()
        for name, value in use_cases(cls).items()
    ]
    return "| Use case of a member | What it does | Permission |\n| --- | --- | --- |\n" + "".join(rows)


def _group(cls: type) -> str:
    described = (inspect.getdoc(cls) or "").partition("\n\n")[0].removeprefix("Use cases of ").rstrip(".")
    heading = re.split(r"[:,]| and what | which ", described)[0]
    entries = "".join(_entry(*item, permission_of(item[0])) for item in use_cases(cls).items())
    return f"## {heading[0].upper()}{heading[1:]}\n\n{entries}"


def _entry(name: str, value: Callable[..., Any], permission: str | None = None) -> str:
    doc = (inspect.getdoc(value) or "") + "\n"
    sections = {title: inspect.cleandoc(body) for title, body in _SECTION.findall(doc)}
    parts = [f"### `{name}`", f"```text\n{_signature(name, value)}\n```"]
    if permission is not None:
        changes = "It changes something." if permission == name and permission in WRITES else "It changes nothing."
        parts.append(f"Permission: {PERMISSION_TITLES[permission]} (`{permission}`). {changes}")
    parts.append(_SECTION.split(doc)[0].strip())
    if "Args" in sections:
        parts.append(_table("Argument", "What it is", sections["Args"]))
    if "Returns" in sections:
        parts.append("Returns: " + sections["Returns"])
    if "Raises" in sections:
        parts.append(_table("Raises", "When", sections["Raises"]))
    if "Example" in sections:
        parts.append(f"```python\n{sections['Example']}\n```")
    return "\n\n".join(parts) + "\n\n"


def _signature(name: str, value: Callable[..., Any]) -> str:
    """Return a call with the names of the parameters, and the defaults of the optional ones."""
    words: list[str] = []
    for parameter in inspect.signature(value).parameters.values():
        if parameter.name == "self":
            continue
        if parameter.kind is parameter.KEYWORD_ONLY and "*" not in words:
            words.append("*")
        stars = "**" if parameter.kind is parameter.VAR_KEYWORD else ""
        optional = "" if parameter.default is parameter.empty else "=..."
        words.append(f"{stars}{parameter.name}{optional}")
    return f"{name}({', '.join(words)})"


def _first_sentence(value: Callable[..., Any]) -> str:
    return _cell(re.split(r"\n\n", inspect.getdoc(value) or "")[0])


def _table(name: str, meaning: str, section: str) -> str:
    rows = "\n".join(f"| `{item}` | {_cell(text)} |" for item, text in _ITEM.findall(section))
    return f"| {name} | {meaning} |\n| --- | --- |\n{rows}"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
