"""The processor time of the tests: all of it is counted, and a room that takes too much fails the run."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests import tiers
from tests.budget import ROOMS, Room, over, processor_seconds, room_of, table
from tests.tiers import COLLECTED

ROOT = Path(__file__).parents[2]

#: Is busy for that many seconds of a processor.
BUSY = "import sys, time\nwhile time.process_time() < float(sys.argv[1]): pass\n"
#: One test is busy itself, the other lets a child of a child be.
TESTS = f"""
import subprocess, sys, time

BUSY = {BUSY!r}


def test_busy():
    end = time.process_time() + 0.3
    while time.process_time() < end:
        pass


def test_with_a_program():
    program = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {{BUSY!r}}, '0.5'], check=True)"
    subprocess.run([sys.executable, "-c", program], check=True)
"""
#: One room, with a budget.
CONFIGURATION = """
from tests import budget

budget.ROOMS = (budget.Room("busy", {seconds}, ("test_busy.py",)),)
"""


def run(folder: Path, seconds: float, *options: str) -> subprocess.CompletedProcess[str]:
    """Run two tests that take about a second, in a room with a budget."""
    (folder / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")  # temporary files may lie below our own
    (folder / "test_busy.py").write_text(TESTS, encoding="utf-8")
    (folder / "conftest.py").write_text(CONFIGURATION.format(seconds=seconds), encoding="utf-8")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "tests.budget", "-p", "no:cacheprovider", *options],
        capture_output=True,
        check=False,
        cwd=folder,
        env={**environment, "PYTHONPATH": str(ROOT)},
        text=True,
    )


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells what a running child takes")
def test_the_time_of_a_child_process_counts_while_it_runs_and_after_it_has_ended() -> None:
    before = processor_seconds()
    program = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {BUSY!r}, '0.3']); input()"
    with subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE) as process:
        while (during := processor_seconds() - before) < 0.3:
            assert process.poll() is None
        process.communicate(b"\n")

    assert during <= processor_seconds() - before


@tiers.sampled(2)
@pytest.mark.parametrize("options", [(), ("-n", "2")], ids=["alone", "two workers"])
def test_a_room_over_its_budget_fails_the_run_though_every_test_passes(
    tmp_path: Path, options: tuple[str, ...]
) -> None:
    result = run(tmp_path, 0.7, "--processor-time=check", *options)

    assert "2 passed" in result.stdout, result.stdout + result.stderr
    assert pytest.ExitCode.TESTS_FAILED == result.returncode
    assert "The room 'busy' is over its budget" in result.stdout


@tiers.sampled(3)
@pytest.mark.parametrize(
    ("seconds", "option"), [(60, "--processor-time=check"), (0.7, "--processor-time=show"), (0.7, "-q")]
)
def test_a_room_within_its_budget_or_not_checked_fails_nothing(tmp_path: Path, seconds: float, option: str) -> None:
    result = run(tmp_path, seconds, option)

    assert pytest.ExitCode.OK == result.returncode, result.stdout + result.stderr
    assert ("| busy |" in result.stdout) is (option != "-q")


def test_the_table_tells_of_each_room_its_budget_and_what_it_took() -> None:
    rooms = (Room("small", 10, ()), Room("large", 20, ()))
    seconds = {"small": 10.4, "large": 20.0, "no room": 1.0}

    assert ["| small | 10 | 10 |", "| large | 20 | 20 |", "| no room |  | 1 |", "| all | 30 | 31 |"] == (
        table(seconds, rooms).splitlines()[2:]
    )
    assert ["small"] == over(seconds, rooms)


def test_every_test_stands_in_a_room(request: pytest.FixtureRequest) -> None:
    files = {item.nodeid.partition("::")[0] for item in request.session.stash[COLLECTED]}

    assert [] == sorted(file for file in files if room_of(file) is None)
    assert room_of("bench/test_it.py") is None


def test_a_file_belongs_to_the_room_that_names_it_most_closely() -> None:
    rooms = (Room("all", 1, ("tests",)), Room("one", 1, ("tests/a/test_b.py",)))

    assert ["one", "all"] == [room_of(f"tests/a/test_{name}.py", rooms) for name in "bc"]


def test_the_budgets_are_those_that_contributors_read() -> None:
    page = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| ([a-z ]+) \| +(\d+) \| +\d* \|", page, flags=re.MULTILINE)

    assert [(room.name, f"{room.seconds}") for room in ROOMS] == [row for row in rows if row[0] != "all"]
