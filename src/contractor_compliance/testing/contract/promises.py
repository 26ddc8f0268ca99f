"""Which test proves which promise of the port, and since which version of the contract."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import attrs

__all__ = ["CONTRACT_VERSION", "Proof", "promise", "promises_of", "proof_of"]

#: The version of the contract that this release ships. It goes up when tests are added that a store may fail.
CONTRACT_VERSION = 1

T = TypeVar("T", bound=Callable[..., Any])
_MARK = "promise of the port"


@attrs.frozen
class Proof:
    """What a test says of itself.

    Attributes:
        promises: Numbers of the promises in the docstring of `Store`; 0 stands for the shape of the port.
        since: Version of the contract that brought the test.
    """

    promises: tuple[int, ...]
    since: int = 1


def promise(*numbers: int, since: int = 1) -> Callable[[T], T]:
    """Say which promises a test proves, or all tests of a class that do not say so themselves.

    Args:
        numbers: Their numbers in the docstring of `Store`; 0 stands for the shape of the port.
        since: Version of the contract that brought the test.
    """

    def note(proving: T) -> T:
        tests = [test for name, test in vars(proving).items() if name.startswith("test_")] or [proving]
        for test in tests:
            vars(test).setdefault(_MARK, Proof(numbers, since))
        return proving

    return note


def proof_of(test: Callable[..., Any]) -> Proof | None:
    """Return what a test says of itself, or None if it says nothing."""
    proof: Proof | None = getattr(test, _MARK, None)
    return proof


def promises_of(contract: type) -> dict[int, tuple[str, ...]]:
    """Return the names of the tests of a contract by the promise that they prove, in the order of the numbers."""
    names: dict[int, list[str]] = {}
    for name in sorted(name for name in dir(contract) if name.startswith("test_")):
        proof = proof_of(getattr(contract, name))
        for number in proof.promises if proof else ():
            names.setdefault(number, []).append(name)
    return {number: tuple(names[number]) for number in sorted(names)}
