"""What is public: sorted, described, listed in the documentation, and loaded when it is first used."""

from __future__ import annotations

import ast
import importlib
import importlib.metadata
import importlib.util
import inspect
import re
from pathlib import Path
from types import ModuleType

import pytest

import contractor_compliance

ROOT = Path(__file__).parents[2]


def generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("generate_api", ROOT / "docs" / "generate_api.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


GENERATOR = generator()
MODULES: tuple[str, ...] = GENERATOR.public_modules()


def kind_and_name(name: str) -> tuple[int, str]:
    """Constants, then classes, then the rest: the order that the linter keeps in every `__all__`."""
    return (0 if name.isupper() else 1 if name[0].isupper() else 2, name)


def names_on_the_page() -> dict[str, list[str]]:
    text = (ROOT / "docs" / "reference" / "api.md").read_text(encoding="utf-8")
    _, *sections = re.split(r"^## `([\w.]+)`$", text, flags=re.MULTILINE)
    return {
        module: re.findall(r"^\| `(\w+)[^|`]*`", body, flags=re.MULTILINE)
        for module, body in zip(sections[::2], sections[1::2], strict=True)
    }


def test_every_room_is_public() -> None:
    folder = Path(contractor_compliance.__path__[0])
    rooms = {path.stem for path in folder.iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()}
    expected = {f"contractor_compliance.{room}" for room in rooms - {"__init__"}}

    assert expected <= set(MODULES)


@pytest.mark.parametrize("module", MODULES)
def test_the_public_names_are_sorted_and_stand_once(module: str) -> None:
    names = importlib.import_module(module).__all__

    assert sorted(set(names), key=kind_and_name) == names


@pytest.mark.parametrize("module", MODULES)
def test_the_reference_lists_the_public_names_and_no_others(module: str) -> None:
    assert importlib.import_module(module).__all__ == names_on_the_page()[module]


def test_the_reference_lists_no_module_that_is_not_public() -> None:
    assert list(MODULES) == list(names_on_the_page())


def test_the_reference_says_what_the_docstrings_say() -> None:
    written = (ROOT / "docs" / "reference" / "api.md").read_text(encoding="utf-8")

    assert GENERATOR.page() == written, "run python docs/generate_api.py"


@pytest.mark.parametrize("module", MODULES)
def test_a_public_name_says_what_it_is(module: str) -> None:
    names = importlib.import_module(module).__all__

    assert [] == [name for name in names if not GENERATOR.summary(module, name)]


@pytest.mark.parametrize("module", MODULES)
def test_the_public_members_of_a_public_class_say_what_they_do(module: str) -> None:
    room = importlib.import_module(module)
    classes = [value for name in room.__all__ if isinstance(value := getattr(room, name), type)]
    silent = [
        f"{class_.__name__}.{name}"
        for class_ in classes
        for name, member in vars(class_).items()
        if not name.startswith("_")
        and (inspect.isroutine(member) or isinstance(member, property))
        and not inspect.getdoc(member)
    ]

    assert [] == silent


@pytest.mark.parametrize("name", contractor_compliance.__all__)
def test_a_name_of_the_root_is_that_of_its_room(name: str) -> None:
    if name == "__version__":
        assert importlib.metadata.version("contractor-compliance") == contractor_compliance.__version__
        return
    room = importlib.import_module(f"contractor_compliance.{contractor_compliance._ROOMS[name]}")

    assert getattr(room, name) is getattr(contractor_compliance, name)
    assert name in room.__all__


def test_type_checkers_see_the_names_that_are_loaded_when_used() -> None:
    tree = ast.parse(inspect.getsource(contractor_compliance))
    (guarded,) = [
        node
        for node in tree.body
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"
    ]
    seen = {
        alias.asname or alias.name: (node.module or "").removeprefix("contractor_compliance.")
        for node in guarded.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }

    assert contractor_compliance._ROOMS == seen
    assert {*seen, "__version__"} == set(contractor_compliance.__all__)


def test_dir_of_the_root_lists_what_is_not_loaded_yet() -> None:
    assert set(contractor_compliance.__all__) <= set(dir(contractor_compliance))


def test_a_name_that_the_root_does_not_have_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'evaluat'"):
        _ = contractor_compliance.evaluat


def test_a_star_import_of_every_public_module_gives_its_public_names() -> None:
    for module in MODULES:
        gathered: dict[str, object] = {}
        exec(f"from {module} import *", gathered)  # noqa: S102  # a fixed statement over our own modules

        assert set(importlib.import_module(module).__all__) <= set(gathered)


def test_the_package_says_that_it_is_typed() -> None:
    assert (Path(contractor_compliance.__path__[0]) / "py.typed").exists()
