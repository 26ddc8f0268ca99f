"""Draws that are the same on every machine and every Python, and names put together from invented syllables."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from datetime import date
from functools import cache
from typing import TypeVar

from contractor_compliance.domain import Address, State

__all__ = ["WORDS", "Chance", "address", "after", "person_name", "shares"]

T = TypeVar("T")

_FRONTS = (
    "Aldr Brúns Bront Culv Dash Dresk Elbr Fask Glimm Gorl Hodr Ivelt Jusk Kelm Krev Lorv Mulg Nesk Ostr Prund Quass "
    "Rhond Skelv Tarn Ulvr Vesk Wodr Yelk Zamm"
)
_ENDS = "abel adine ambrel ather elow emund estry iddle illard imund iver ockley onel orrin osby unwick utley yndale"
#: Invented words, such as families, firms and towns are called by: a likeness to any is chance.
WORDS = tuple(front + end for front in _FRONTS.split() for end in _ENDS.split())


class Chance:
    """A sequence of draws that its seed decides.

    Of `random.Random` only `random()` is used: its sequence is the one that Python promises to keep for a seed.

    Args:
        *seed: What says which sequence it is: the seed of the company, and a number or a name.
    """

    def __init__(self, *seed: int | str) -> None:
        self._next = random.Random("/".join(map(str, seed))).random

    def below(self, bound: int) -> int:
        """Return a whole number from 0 up to and not including `bound`."""
        return int(self._next() * bound)

    def between(self, least: int, most: int) -> int:
        """Return a whole number from `least` to `most`, both included."""
        return least + int(self._next() * (most - least + 1))

    def low(self, bound: int) -> int:
        """Return a whole number from 0 up to and not including `bound`, the lower the likelier."""
        return min(self.below(bound), self.below(bound))

    def happens(self, percent: float) -> bool:
        """Whether something comes about that does so in so many of a hundred cases."""
        return self._next() * 100 < percent

    def pick(self, values: Sequence[T]) -> T:
        """Return one of the values."""
        return values[int(self._next() * len(values))]


def shares(kind: Callable[[str], T], table: str) -> tuple[T, ...]:
    """Return each value as many times as the table says, for `Chance.pick`: `shares(State, "TX 300, FL 222")`."""
    entries = (entry.split() for entry in table.split(","))
    return tuple(value for name, weight in entries for value in [kind(name)] * int(weight))


def after(day: date, days: int) -> date:
    """Return the day so many days after another, or before it if the number is negative."""
    return date.fromordinal(day.toordinal() + days)


def person_name(chance: Chance) -> str:
    """Return the name of an invented person."""
    return f"{chance.pick(WORDS)} {chance.pick(WORDS)}"


@cache
def address(state: State, number: int) -> Address:
    """Return one of the addresses in a state, which contractors share; ZIP codes begin with 000, which no place has."""
    return Address(state=state, locality=WORDS[20 * number], postal_code=f"000{number:02}")
