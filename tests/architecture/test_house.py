"""The map of the house in CONTRIBUTING.md names the rooms that exist, on the floors that pyproject.toml gives them."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import contractor_compliance
from tests.architecture.test_purity import PURE

ROOT = Path(__file__).parents[2]
FOLDER = Path(contractor_compliance.__path__[0])
MAP = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").partition("### The map\n")[2].partition("\n### ")[0]
#: The rooms on the map, with their floors.
NAMED = {room: int(floor) for floor, room in re.findall(r"^\| (\d+) \| `(\w+)` \|", MAP, flags=re.MULTILINE)}
#: The files and folders on the map.
PLACES = {
    place
    for row in re.findall(r"^\| (`\w+/[^|]+) \|", MAP, flags=re.MULTILINE)
    for place in re.findall(r"`([\w/.]+)`", row)
}


def rooms() -> set[str]:
    """Return the rooms in the tree."""
    paths = (path for path in FOLDER.iterdir() if path.suffix == ".py" or (path / "__init__.py").exists())
    return {path.stem for path in paths} - {"__init__", "__main__"}


def floors() -> dict[str, int]:
    """Return the floor of each room that the linter of imports lists, built or not."""
    configuration = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    (layers,) = [
        contract["layers"]
        for contract in configuration["tool"]["importlinter"]["contracts"]
        if contract["type"] == "layers"
    ]
    return {room.strip(" ()"): floor for floor, layer in enumerate(reversed(layers)) for room in str(layer).split("|")}


def test_the_map_names_each_room_and_no_other() -> None:
    assert rooms() == set(NAMED)


def test_the_map_puts_each_room_on_its_floor() -> None:
    assert {room: floor for room, floor in floors().items() if room in rooms()} == NAMED


def test_each_file_and_folder_on_the_map_exists() -> None:
    assert PLACES
    assert [] == sorted(place for place in PLACES if not (FOLDER / place).exists())


def test_the_map_names_each_room_that_has_files_of_its_own_and_each_folder_within() -> None:
    packages = {path.parent.relative_to(FOLDER) for path in FOLDER.glob("*/*/__init__.py")}
    folders = {f"{package.as_posix()}/" for package in packages}

    assert folders <= PLACES
    assert {room for room in rooms() if (FOLDER / room).is_dir()} == {place.partition("/")[0] for place in PLACES}


def test_the_pure_rooms_are_those_below_storage() -> None:
    below = {room for room, floor in floors().items() if floor < floors()["storage"]}

    assert below == set(PURE)
