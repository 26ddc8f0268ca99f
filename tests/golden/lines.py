"""Writes what is recorded one record a line, so that a difference shows which record changed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

__all__ = ["write_lines"]


def write_lines(path: Path, document: Any, *, levels: int) -> None:
    """Write a JSON document whose records are the elements of its lists, and what stands so many objects deep.

    Args:
        path: The file.
        document: Objects, and at last the records.
        levels: How many objects stand one in another above the records, at most.
    """
    path.write_text(_lines(document, levels) + "\n", encoding="utf-8", newline="\n")


def _lines(value: Any, levels: int) -> str:
    match value:
        case dict() if levels and value:
            members = (
                f"{json.dumps(name, ensure_ascii=False)}: {_lines(member, levels - 1)}"
                for name, member in value.items()
            )
            return "{\n" + ",\n".join(members) + "\n}"
        case list() if levels and value:
            return "[\n" + ",\n".join(_lines(element, 0) for element in value) + "\n]"
        case _:
            return json.dumps(value, ensure_ascii=False)
