"""The processor time of the tests, room by room, and how much of it each room may take.

It is the time of the worker itself and of everything that it started: programs, forked processes and the servers of
databases, as long as they run and after they ended. A busy machine changes the time that passes, and this hardly.

`pytest --processor-time=show` prints the table at the end; with `check`, a room over its budget fails the run.
"""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Any, Final

import attrs
import pytest

__all__ = ["ROOMS", "Measurement", "Room", "processor_seconds", "room_of", "table"]


@attrs.frozen
class Room:
    """A part of the tests with a budget of its own.

    Attributes:
        name: What the table calls it.
        seconds: Of a processor, in the tier `tests`.
        paths: Where its tests stand: folders, or single files.
    """

    name: str
    seconds: float
    paths: tuple[str, ...]


#: A longer path wins. Rooms without a path are there for tests to come.
ROOMS: tuple[Room, ...] = (
    Room("domain", 40, ("tests/domain", "tests/testing", "tests/test_display.py")),
    Room("evaluation and bulk", 170, ("tests/evaluation", "tests/properties", "tests/cases", "tests/bulk")),
    Room("serialization", 40, ("tests/serialization",)),
    Room("storage", 160, ("tests/storage",)),
    Room("desk", 150, ("tests/desk", "tests/desk_security")),
    Room("examples and integrations", 60, ("tests/examples", "tests/integrations")),
    Room("docs", 30, ("README.md", "docs", "tests/docs", "tests/architecture")),
    Room("intake and command line", 50, ("tests/intake", "tests/cli")),
    Room("metrics", 50, ("tests/metrics",)),
    Room("catalog", 40, ("tests/catalog",)),
    Room("reminders and delivery", 50, ("tests/reminders", "tests/delivery")),
)

#: Of starting the workers, and of collecting what is not the tests of one file.
ELSEWHERE: Final = "no room"


def room_of(path: str, rooms: tuple[Room, ...] | None = None) -> str | None:
    """Return the name of the room in which a file stands, or None."""
    above = {str(folder) for folder in (PurePosixPath(path), *PurePosixPath(path).parents)}
    names = {place: room.name for room in rooms or ROOMS for place in room.paths if place in above}
    return names[max(names, key=len)] if names else None


# Measuring.

_TICKS = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100


def processor_seconds() -> float:
    """Return the processor time of this process and of all that it started, dead or alive.

    A child that has ended counts with the process that waited for it. Only Linux tells of those that still run.
    """
    times = os.times()
    return sum(times[:4]) + sum(map(_ticks, _descendants(os.getpid()))) / _TICKS


def _descendants(pid: int) -> Iterator[int]:
    for child in _children(pid):
        yield child
        yield from _descendants(child)


def _children(pid: int) -> list[int]:
    try:
        # A child belongs to the thread that started it.
        lists = [path.read_text() for path in Path(f"/proc/{pid}/task").glob("*/children")]
    except OSError:  # it has just ended
        return []
    return [int(child) for listed in lists for child in listed.split()]


def _ticks(pid: int) -> int:
    try:
        # The name of the program stands in parentheses, and may hold some.
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0
    return sum(map(int, fields[11:15]))  # its own, and of those it waited for


class Measurement:
    """Takes the processor time file by file, on each worker, and adds it up by room."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        #: Seconds by file; what belongs to none has no name.
        self.seconds: Counter[str] = Counter()
        self._last = 0.0
        # Workers report what they took themselves.
        hands_out = config.getoption("dist", "no") != "no" and not hasattr(config, "workerinput")
        self._clock = time.process_time if hands_out else processor_seconds

    def lap(self, file: str = "") -> None:
        """Charge what was taken since the last time to a file."""
        now = self._clock()
        self.seconds[file] += now - self._last
        self._last = now

    @pytest.hookimpl(wrapper=True)
    def pytest_make_collect_report(self, collector: pytest.Collector) -> Iterator[None]:
        self.lap()
        result = yield
        self.lap(collector.nodeid.partition("::")[0] if collector.getparent(pytest.File) else "")
        return result

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item, nextitem: pytest.Item | None) -> Iterator[None]:
        result = yield
        if nextitem is None or nextitem.path != item.path:
            self.lap(item.nodeid.partition("::")[0])
        return result

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        self.lap()
        if hasattr(self._config, "workeroutput"):
            self._config.workeroutput["processor_seconds"] = dict(self.seconds)
        elif self._config.getoption("processor_time") == "check" and over(self.by_room()):
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """Take what a worker has measured; one that crashed has measured nothing, and fails the run anyway."""
        self.seconds.update(getattr(node, "workeroutput", {}).get("processor_seconds", {}))

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        terminalreporter.section("processor seconds")
        terminalreporter.write_line(table(self.by_room()))
        for file, seconds in self.seconds.most_common(15):
            terminalreporter.write_line(f"{seconds:8.1f}  {file or ELSEWHERE}")
        for name in over(self.by_room()):
            terminalreporter.write_line(f"The room {name!r} is over its budget. CONTRIBUTING.md says how to make room.")

    def by_room(self) -> Counter[str]:
        """Return the seconds by room."""
        rooms: Counter[str] = Counter()
        for file, seconds in self.seconds.items():
            rooms[room_of(file) or ELSEWHERE] += seconds
        return rooms


def over(seconds: Mapping[str, float], rooms: tuple[Room, ...] | None = None) -> list[str]:
    """Return the names of the rooms that took more than their budgets."""
    return [room.name for room in rooms or ROOMS if seconds.get(room.name, 0) > room.seconds]


def table(seconds: Mapping[str, float], rooms: tuple[Room, ...] | None = None) -> str:
    """Return the rooms with their budgets and what they took, as lines of Markdown."""
    rooms = rooms or ROOMS
    rows = [(room.name, f"{room.seconds}", f"{seconds.get(room.name, 0):.0f}") for room in rooms]
    rows.append((ELSEWHERE, "", f"{seconds.get(ELSEWHERE, 0):.0f}"))
    rows.append(("all", f"{sum(room.seconds for room in rooms)}", f"{sum(seconds.values()):.0f}"))
    lines = ["| Room | Budget | Taken |", "| --- | ---: | ---: |"]
    return "\n".join((*lines, *(f"| {' | '.join(row)} |" for row in rows)))


# What pytest asks.


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--processor-time",
        choices=("show", "check"),
        help="print the processor seconds of each room; with `check`, fail if one is over its budget",
    )


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("processor_time"):
        config.pluginmanager.register(Measurement(config), "cc-processor-time")
