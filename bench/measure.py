"""What the programs beside it share: candidates timed in turn, and tables.

Absolute times differ from machine to machine and from minute to minute, so what counts is a ratio of two candidates
that were timed in the same process, a few calls of one and then a few calls of the next, over many rounds: whatever
else the machine does hits all of them alike. Each call is timed by itself and the median of all calls is reported, so
that a candidate which was put to sleep now and then is not charged for it.
"""

from __future__ import annotations

import argparse
import gc
import random
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from statistics import median
from time import perf_counter_ns

__all__ = ["Prepare", "interleave", "print_table", "rounds_wanted", "times"]

#: Makes ready what is not to be timed and returns what is; called anew before each turn.
Prepare = Callable[[], Callable[[], object]]


def rounds_wanted(default: int) -> int:
    """Return how many rounds the command line asks for."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=default, help=f"rounds of measurement (default: {default})")
    rounds: int = parser.parse_args().rounds
    return rounds


def interleave(
    candidates: Mapping[str, Prepare],
    *,
    rounds: int,
    calls: int = 1,
    clock: Callable[[], int] = perf_counter_ns,
) -> dict[str, float]:
    """Give each candidate one turn of some calls in each round, in changing order.

    Args:
        candidates: What to time, by name.
        rounds: Turns of each candidate.
        calls: Calls in each turn.
        clock: A clock in nanoseconds. `time.process_time_ns` suits calls of many milliseconds, which the machine is
            bound to interrupt; reading it costs too much beside a call of a few microseconds.

    Returns:
        The median microseconds of one call, by candidate.
    """
    order = list(candidates)
    calls_of: dict[str, list[int]] = {name: [] for name in order}
    for name in order:
        _turn(candidates[name], calls, clock)
    # What is loaded by now outlives the measurement: the collector need not walk it during the turn of a candidate.
    gc.collect()
    gc.freeze()
    shuffle = random.Random(0).shuffle
    for _ in range(rounds):
        shuffle(order)
        for name in order:
            calls_of[name] += _turn(candidates[name], calls, clock)
    gc.unfreeze()
    return {name: median(calls_of[name]) / 1000 for name in candidates}


def _turn(prepare: Prepare, calls: int, clock: Callable[[], int]) -> list[int]:
    function = prepare()
    stamps = [clock()]
    for _ in range(calls):
        function()
        stamps.append(clock())
    return [after - before for before, after in pairwise(stamps)]


def times(ratio: float) -> str:
    """Say a ratio with two digits: `0.14x`, `2.3x`, `41x`."""
    return f"{ratio:.0f}x" if ratio >= 9.95 else f"{ratio:.1f}x" if ratio >= 0.995 else f"{ratio:.2f}x"


def print_table(title: str, head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table whose first column is text and whose others are figures."""
    widths = [max(len(row[column]) for row in (head, *rows)) for column in range(len(head))]
    print(f"\n{title}\n")
    for row in (head, ["-" * width for width in widths], *rows):
        cells = [row[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))]
        print("  ".join(cells).rstrip())
