"""The pages about storage say what the code says: promises with their tests, tables with their columns."""

from __future__ import annotations

import importlib.util
import inspect
import re
from pathlib import Path
from types import ModuleType

import pytest

from contractor_compliance.storage import Store
from contractor_compliance.testing import StoreContract
from contractor_compliance.testing.contract.promises import promises_of

ROOT = Path(__file__).parents[2]


def generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("generate_storage", ROOT / "docs" / "generate_storage.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


PAGES: dict[Path, str] = generator().pages()


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_a_page_about_storage_is_up_to_date(path: Path) -> None:
    written = (ROOT / "docs" / "reference" / path.name).read_text(encoding="utf-8")

    assert PAGES[path] == written, "run python docs/generate_storage.py"


def test_every_promise_is_on_the_page_and_has_a_test() -> None:
    numbers = [int(number) for number in re.findall(r"^(\d+)\. ", inspect.getdoc(Store) or "", flags=re.MULTILINE)]

    assert list(range(1, len(numbers) + 1)) == numbers
    assert set(numbers) <= promises_of(StoreContract).keys()


def test_the_contract_has_at_least_120_tests() -> None:
    assert 120 <= len([name for name in dir(StoreContract) if name.startswith("test_")])


def test_the_port_has_at_most_ten_methods() -> None:
    methods = [name for name, var in vars(Store).items() if inspect.isfunction(var) and not name.startswith("_")]

    assert len(methods) <= 10
