"""What the repository must not hold: paths on a machine, and the addresses that packages were fetched from."""

from __future__ import annotations

import functools
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

#: An absolute path on a developer's machine. A path within an address (`https://...`) follows a letter or a digit.
MACHINE_PATH = re.compile(r"(?<![\w.~:/-])/(?:work|root|home|Users|mnt|tmp/[\w.-]+)/[\w.-]|\b[A-Z]:\\\\?Users\b")
#: A package index, or the choice of one: installs must work with whatever index their user has. The names are written
#: in pieces here and below, so that this file holds none of what it looks for.
REGISTRY = re.compile(
    r"\b(?:(?:test\.)?py"
    r"pi\.org|python"
    r"hosted\.org|py"
    r"pi\.python\.org|npm"
    r"js\.(?:org|com)|crates"
    r"\.io)\b"
    r"|--(?:extra-)?index-url|\bartifactory\b|\bdevpi\b",
    re.IGNORECASE,
)


@functools.cache
def files() -> tuple[Path, ...]:
    """Return the files that are committed, or would be."""
    git = shutil.which("git")
    if git is None or not (ROOT / ".git").exists():
        pytest.skip("not a checkout")
    listed = subprocess.run(
        [git, "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        capture_output=True,
        check=True,
        cwd=ROOT,
        text=True,
    )
    paths = (ROOT / name for name in listed.stdout.split("\0") if name)
    return tuple(path for path in paths if path.is_file())


def hits(pattern: re.Pattern[str]) -> list[str]:
    return [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()[:120]}"
        for path in files()
        if b"\0" not in (content := path.read_bytes())
        for number, line in enumerate(content.decode("utf-8").splitlines(), start=1)
        if pattern.search(line)
    ]


def test_no_file_names_a_path_on_a_machine() -> None:
    assert [] == [hit for hit in hits(MACHINE_PATH) if not hit.startswith("tests/architecture/test_repository.py")]


def test_no_file_names_a_package_index() -> None:
    assert [] == [hit for hit in hits(REGISTRY) if not hit.startswith("tests/architecture/test_repository.py")]


@pytest.mark.parametrize(
    ("pattern", "line"),
    [
        (MACHINE_PATH, "see /home/someone/notes.md"),
        (MACHINE_PATH, 'path = "/' + 'root/x"'),
        (MACHINE_PATH, "(/" + "work/place/src)"),
        (MACHINE_PATH, r"C:\Users\someone"),
        (REGISTRY, "pip install --index-url https://example.com/simple x"),
        (REGISTRY, "https://files.python" + "hosted.org/packages/x"),
        (REGISTRY, "https://py" + "pi.org/simple"),
    ],
)
def test_a_machine_path_or_a_package_index_in_a_file_is_noticed(pattern: re.Pattern[str], line: str) -> None:
    assert pattern.search(line)


@pytest.mark.parametrize(
    "line",
    [
        "https://www.example.com/home/index.html",
        "https://example.com/work/rules",
        "the work/main distinction",
        "home/work",
    ],
)
def test_an_address_is_no_path_on_a_machine(line: str) -> None:
    assert not MACHINE_PATH.search(line)


def test_the_constraints_are_sorted_lines_of_name_and_version() -> None:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    name_and_version = re.compile(r"([a-z0-9]+(?:-[a-z0-9]+)*)==[0-9][0-9a-z.]*(?:\+[a-z0-9.]+)?")

    assert [] == [line for line in lines if not name_and_version.fullmatch(line)]
    names = [line.partition("==")[0] for line in lines]
    assert sorted(set(names)) == sorted(names)
