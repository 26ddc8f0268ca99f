"""The page that teaches to write a store shows the example as it is, and leaves out none of the shared rules."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from contractor_compliance.storage import rules

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "jsonl_store"
PAGE = (ROOT / "docs" / "how-to" / "write_a_store.md").read_text(encoding="utf-8")
MODULES = sorted(
    str(path.relative_to(EXAMPLE))
    for path in (EXAMPLE / "src" / "contractor_compliance_jsonl").glob("*.py")
    if path.name != "__init__.py"
)


@pytest.mark.parametrize("name", [*MODULES, "tests/test_jsonl_store.py"])
def test_the_page_shows_each_module_as_it_is(name):
    source = (EXAMPLE / name).read_text(encoding="utf-8")
    (shown,) = re.findall(
        rf"^`{re.escape(name)}`:\n\n<!--- skip: next -->\n```python\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE
    )

    assert source == shown, f"copy {name} into the page again"


def test_the_page_shows_the_entry_point_as_it_is():
    (shown,) = re.findall(r"^`pyproject\.toml`:\n\n```toml\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)

    assert shown in (EXAMPLE / "pyproject.toml").read_text(encoding="utf-8")


def test_the_page_names_every_shared_rule_and_no_other():
    table = PAGE.partition("| Promise | Function |")[2].partition("\n\n")[0]

    assert {name for name in rules.__all__ if name[0].islower()} == set(re.findall(r"`(\w+)`", table))


def test_the_page_orders_every_promise():
    order = PAGE.partition("## Read the promises")[2].partition("## What is done for you")[0]
    named = set()
    for group in re.findall(r"^\d\. \*\*(.*?)\*\*", order, re.MULTILINE):
        for first, last in re.findall(r"(\d+)(?: to (\d+))?", group):
            named.update(range(int(first), int(last or first) + 1))

    assert set(range(1, 34)) == named
