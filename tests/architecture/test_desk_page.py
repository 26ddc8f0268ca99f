"""The page of the desk's use cases says what the code says."""

from __future__ import annotations

import importlib.util
import inspect
import re
from pathlib import Path
from types import ModuleType

import pytest

from contractor_compliance.desk import PERMISSION_TITLES, ComplianceDesk, MemberDesk, permission_of

ROOT = Path(__file__).parents[2]


def generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("generate_desk", ROOT / "docs" / "generate_desk.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


GENERATOR = generator()
PAGE = GENERATOR.PAGE.read_text(encoding="utf-8")
_, *_SECTIONS = re.split(r"^### `(\w+)`$", PAGE, flags=re.MULTILINE)
ENTRIES = dict(zip(_SECTIONS[::2], _SECTIONS[1::2], strict=True))


def public_methods(cls: type) -> set[str]:
    return {name for name, _ in inspect.getmembers(cls, inspect.isroutine) if not name.startswith("_")}


def test_the_page_of_the_desk_is_up_to_date() -> None:
    assert GENERATOR.page() == PAGE, "run python docs/generate_desk.py"


def test_the_page_has_every_use_case_once() -> None:
    assert public_methods(ComplianceDesk) | public_methods(MemberDesk) == set(ENTRIES)
    assert len(ENTRIES) == len(_SECTIONS) // 2


@pytest.mark.parametrize("name", sorted(public_methods(MemberDesk)))
def test_a_use_case_shows_its_permission_and_an_example(name: str) -> None:
    permission = permission_of(name)

    assert f"Permission: {PERMISSION_TITLES[permission]} (`{permission}`)." in ENTRIES[name]
    assert "| `AccessDeniedError` |" in ENTRIES[name]
    assert f"{name}(" in ENTRIES[name].partition("```python")[2]


@pytest.mark.parametrize("name", sorted(public_methods(MemberDesk)))
def test_a_use_case_explains_each_of_its_arguments(name: str) -> None:
    parameters = set(inspect.signature(getattr(MemberDesk, name)).parameters) - {"self"}

    assert parameters <= set(re.findall(r"^\| `(\w+)` \|", ENTRIES[name], flags=re.MULTILINE))


def test_every_permission_is_on_the_page() -> None:
    assert [] == [code for code in PERMISSION_TITLES if f"`{code}`" not in PAGE]
