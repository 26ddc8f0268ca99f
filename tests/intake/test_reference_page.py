from __future__ import annotations

import re
from pathlib import Path

from contractor_compliance import intake
from contractor_compliance.intake import FIELDS

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "intake_readers.md").read_text(encoding="utf-8")


def test_the_page_lists_every_field_with_its_reader_and_meaning() -> None:
    rows = re.findall(r"^\| `([\w.]+)` \| `read_(\w+)` \| (.*) \|$", PAGE, flags=re.MULTILINE)

    assert [(field.name, field.reader, field.meaning) for field in FIELDS.values()] == rows


def test_the_page_lists_every_reader() -> None:
    readers = {name for name in intake.__all__ if name.startswith("read_") and name != "read_csv"}

    assert readers == set(re.findall(r"^\| `(read_\w+)` \|", PAGE, flags=re.MULTILINE))
