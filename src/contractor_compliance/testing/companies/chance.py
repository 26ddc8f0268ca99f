"""Draws that come out alike on every machine and every Python.

Of `random.Random` only `random()` is used: its sequence is the one that Python promises to keep for a seed.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import TypeVar

__all__ = ["Chance", "spread"]

T = TypeVar("T")


def spread(*weighted: tuple[T, int]) -> tuple[T, ...]:
    """Return each value as many times as its weight says, so that `Chance.pick` draws it that often."""
    return tuple(value for value, weight in weighted for _ in range(weight))


class Chance:
    """A sequence of draws that its seed decides.

    Args:
        seed: Any text.
    """

    __slots__ = ("_next",)

    def __init__(self, seed: str) -> None:
        self._next = random.Random(seed).random

    def below(self, bound: int) -> int:
        """Return a whole number from 0 up to and not including `bound`."""
        return int(self._next() * bound)

    def between(self, least: int, most: int) -> int:
        """Return a whole number from `least` to `most`, both included."""
        return least + int(self._next() * (most - least + 1))

    def low(self, bound: int) -> int:
        """Return a whole number from 0 up to and not including `bound`, the lower the likelier."""
        share = self._next()
        return int(share * share * bound)

    def happens(self, percent: float) -> bool:
        """Whether something comes about that does so in so many of a hundred cases."""
        return self._next() * 100 < percent

    def pick(self, values: Sequence[T]) -> T:
        """Return one of the values."""
        return values[int(self._next() * len(values))]
