"""The tiers of the tests: nothing falls between them, and every claim is tried every time."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import pytest

from tests import tiers
from tests.tiers import COLLECTED, TIERS, VARIABLE, markers_of, runs

ROOT = Path(__file__).parents[2]

#: Tests of every kind that a tier may ask for.
SOME = """
import pytest
from hypothesis import given, strategies

from tests import tiers


def test_plain():
    pass


@tiers.sized
def test_sized():
    pass


@given(strategies.none())
def test_property(nothing):
    pass


@tiers.sampled(3)
@pytest.mark.parametrize("number", range(7))
def test_sampled(number):
    pass


@pytest.fixture(params=["memory", pytest.param("database", marks=tiers.sampled(3, of="database"))])
def store(request):
    return request.param


@pytest.mark.parametrize("number", range(2))
def test_first(number, store):
    pass


def test_second(store):
    pass


def test_third(store):
    pass


class Contract:
    def test_one(self):
        pass

    def test_two(self):
        pass


class TestHere(Contract):
    pass


@tiers.sampled(2)
class TestThere(Contract):
    pass


@pytest.mark.parametrize("number", range(tiers.size(tests=2, stress=4)))
def test_that_is_there_only_in_stress(number):
    pass
"""
#: What only one of the tiers runs, without the names that both have.
ONLY_IN_STRESS = {
    *(f"test_sampled[{number}]" for number in (1, 2, 4, 5)),
    *("test_first[database-1]", "test_second[database]"),
    "TestThere::test_two",
}
IN_BOTH = {"test_sized", "test_property"}


def collect(tier: str, *arguments: str, cwd: Path = ROOT) -> set[str]:
    """Return the ids of the tests that a tier runs."""
    command = [sys.executable, "-m", "pytest", "-q", "--collect-only", "-p", "no:cacheprovider", "-p", "no:xdist"]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    environment |= {VARIABLE: tier, "PYTHONPATH": str(ROOT)}
    result = subprocess.run(
        [*command, *arguments], capture_output=True, check=False, cwd=cwd, env=environment, text=True
    )
    assert result.returncode in (0, pytest.ExitCode.NO_TESTS_COLLECTED), result.stdout + result.stderr
    return {line for line in result.stdout.splitlines() if "::" in line}


@pytest.fixture(scope="module")
def some(tmp_path_factory: pytest.TempPathFactory) -> dict[str, set[str]]:
    """What each tier runs of a file with tests of every kind."""
    folder = tmp_path_factory.mktemp("some")
    (folder / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")  # temporary files may lie below our own
    (folder / "test_some.py").write_text(SOME, encoding="utf-8")
    ids = {tier: collect(tier, "-p", "tests.tiers", "test_some.py", cwd=folder) for tier in TIERS}
    return {tier: {name.removeprefix("test_some.py::") for name in names} for tier, names in ids.items()}


def test_every_collected_test_runs_in_tests_or_in_stress(request: pytest.FixtureRequest) -> None:
    items = request.session.stash[COLLECTED]

    assert request.node in items
    assert [] == [
        item.nodeid for item in items if not any(runs(markers_of(item), tier) for tier in ("tests", "stress"))
    ]


def test_every_claim_is_tried_in_tests(request: pytest.FixtureRequest) -> None:
    tried: dict[object, bool] = defaultdict(bool)
    for item in request.session.stash[COLLECTED]:
        tried[getattr(item, "function", item.nodeid)] |= runs(markers_of(item), "tests")

    assert [] == [claim for claim, is_tried in tried.items() if not is_tried]


def test_a_test_whose_size_depends_on_the_tier_is_marked_to_run_at_full_size_in_stress(
    request: pytest.FixtureRequest,
) -> None:
    marked: dict[Path, bool] = defaultdict(bool)
    for item in request.session.stash[COLLECTED]:
        if item.path.suffix == ".py":
            marked[item.path] |= "sized" in markers_of(item)

    sizing = [path for path in marked if re.search(r"tiers\.(size|examples)\(", path.read_text(encoding="utf-8"))]
    assert Path(__file__) in sizing
    assert [] == [str(path) for path in sizing if not marked[path]]


@tiers.sized
def test_tests_and_stress_together_run_what_deep_runs() -> None:
    paths = tiers.size(tests=["tests/desk/test_team.py", "docs/reference"], stress=[])
    tests, stress, deep = (collect(tier, *paths) for tier in TIERS)

    assert tests
    assert deep == tests | stress
    assert stress - tests
    assert tests - stress


def test_stress_runs_what_tests_leaves_out_and_again_what_is_sized(some: dict[str, set[str]]) -> None:
    assert ONLY_IN_STRESS == some["stress"] - some["tests"]
    assert IN_BOTH == some["stress"] & some["tests"]


def test_a_parameter_that_hangs_on_the_tier_is_noticed(some: dict[str, set[str]]) -> None:
    """It is why the ids of the tiers are compared, and not only their marks."""
    assert {f"test_that_is_there_only_in_stress[{number}]" for number in (2, 3)} == (
        some["deep"] - some["tests"] - some["stress"]
    )


def test_a_tier_that_there_is_not_is_refused(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "pytest", "-p", "tests.tiers"]
    environment = {**os.environ, VARIABLE: "test", "PYTHONPATH": str(ROOT)}
    result = subprocess.run(command, capture_output=True, check=False, cwd=tmp_path, env=environment, text=True)

    assert pytest.ExitCode.USAGE_ERROR == result.returncode
    assert "CC_TIER is 'test'; it must be one of tests, stress, deep." in result.stderr
