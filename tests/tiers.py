"""The tiers of the tests: how much of each claim is tried how often.

`CC_TIER` names the tier of a run:

- `tests`, the usual one, runs every claim, of some only a sample;
- `stress` runs what `tests` leaves out, and at full size what it makes smaller;
- `deep` runs everything, at sizes that take hours, with other examples each time.

A number that hangs on the tier comes from `size`, and its tests are marked `sized`: both `tests` and `stress` run them.
Every property is sized, by the number of its examples. Of tests that are marked `sampled`, `tests` runs one in so many;
the others are given the mark `stress`. The first test of a claim always stays in `tests`.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any, Final, Literal, TypeAlias, TypeVar, get_args

import pytest
from hypothesis import HealthCheck, is_hypothesis_test, settings
from hypothesis.stateful import RuleBasedStateMachine

__all__ = [
    "COLLECTED",
    "DEEP",
    "TIER",
    "TIERS",
    "VARIABLE",
    "draw",
    "examples",
    "history",
    "runs",
    "sampled",
    "size",
    "sized",
]

Tier: TypeAlias = Literal["tests", "stress", "deep"]
Number = TypeVar("Number")

TIERS: Final = get_args(Tier)
VARIABLE: Final = "CC_TIER"

#: The tier of this run.
TIER: Tier = os.environ.get(VARIABLE) or "tests"  # type: ignore[assignment]
if TIER not in TIERS:
    raise pytest.UsageError(f"{VARIABLE} is {TIER!r}; it must be one of {', '.join(TIERS)}.")
DEEP = TIER == "deep"

#: What the tier `tests` leaves out.
stress = pytest.mark.stress
#: What `stress` runs once more, because `tests` runs it in a smaller size.
sized = pytest.mark.sized

#: Under this key a session keeps all that was collected, before the tier took its part.
COLLECTED = pytest.StashKey[tuple[pytest.Item, ...]]()


def size(*, tests: Number, stress: Number, deep: Number | None = None) -> Number:
    """Return what stands for the tier of this run; `deep` is as `stress` unless it says otherwise."""
    if TIER == "tests":
        return tests
    return deep if TIER == "deep" and deep is not None else stress


def examples(*, tests: int, stress: int | None = None, deep: int | None = None) -> settings:
    """Return the settings of a property that tries another number of examples than the profile of the tier says.

    Args:
        tests: How many in the tier `tests`.
        stress: How many in `stress`; as many as the profile says, if nothing is given.
        deep: How many in `deep`; as many as in `stress`, if nothing is given.
    """
    usual = settings.get_profile(TIER).max_examples
    return settings(max_examples=size(tests=tests, stress=stress or usual, deep=deep))


def history(machine: type[RuleBasedStateMachine], *, tests: int, stress: int, steps: int) -> Any:
    """Return the test case of a state machine.

    Args:
        machine: The machine.
        tests: How many histories it makes up in the tier `tests`.
        stress: How many in `stress`; in `deep` as many as any property tries.
        steps: How long a history is at most.
    """
    case: Any = machine.TestCase
    case.settings = settings(
        max_examples=size(tests=tests, stress=stress, deep=settings.get_profile(TIER).max_examples),
        stateful_step_count=steps,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow],
    )
    return case


def sampled(one_of: int, *, of: str | None = None) -> pytest.MarkDecorator:
    """Return the mark of tests of which the tier `tests` runs one in so many, and each claim once in any case.

    Args:
        one_of: How many there are for each that `tests` runs.
        of: For a parameter of several functions: its name. Its sample is drawn from all tests of a file.
    """
    return pytest.mark.sampled(one_of, of)


def draw(items: Iterable[pytest.Item]) -> None:
    """Mark with `stress` what no sample holds."""
    claims: set[object] = set()
    places: Counter[object] = Counter()
    for item in items:
        claim = getattr(item, "function", item.nodeid)
        is_first = claim not in claims
        claims.add(claim)
        for node, mark in item.iter_markers_with_node("sampled"):
            one_of, of = mark.args
            # A function, a class or a module; or a parameter throughout a file.
            group = (item.path, of) if of else (claim if node is item else node)
            if places[group] % one_of and not is_first:
                item.add_marker(stress)
            places[group] += 1


def runs(markers: Iterable[str], tier: Tier) -> bool:
    """Tell whether a tier runs a test with these markers."""
    names = set(markers)
    if tier == "deep":
        return True
    return "stress" not in names if tier == "tests" else not names.isdisjoint(("stress", "sized"))


def markers_of(item: pytest.Item) -> set[str]:
    """Return the names of the markers of a collected test."""
    return {marker.name for marker in item.iter_markers()}


# What pytest asks.


# The same examples each time, so that red is always the fault of the change; only `deep` searches on.
_USUAL = settings(
    deadline=None,  # a shared machine stalls
    derandomize=True,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
for _tier, _examples in (("tests", 30), ("stress", 60), ("deep", 2000)):
    settings.register_profile(_tier, parent=_USUAL, max_examples=_examples, derandomize=_tier != "deep")
settings.load_profile(TIER)


def pytest_report_header(config: pytest.Config) -> str:
    seed = config.getoption("--hypothesis-seed") if DEEP else "none, the examples are always the same"
    return f"tier: {TIER}; seed of the properties: {seed}; hash seed {os.environ.get('PYTHONHASHSEED', 'random')}"


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config: pytest.Config) -> None:
    """Keep a file on one worker: the blocks of a page share their names, and fixtures of a module are made once."""
    if getattr(config.option, "numprocesses", None) and config.option.dist in ("no", "load"):
        config.option.dist = "loadfile"


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection_modifyitems(
    session: pytest.Session, config: pytest.Config, items: list[pytest.Item]
) -> Iterator[None]:
    """Draw the samples before anything else is left out, and leave to the run what belongs to its tier."""
    for item in items:
        if is_property(item):
            item.add_marker(sized)
    draw(items)
    session.stash[COLLECTED] = tuple(items)
    yield
    chosen = [item for item in items if runs(markers_of(item), TIER)]
    if len(chosen) < len(items):
        config.hook.pytest_deselected(items=[item for item in items if not runs(markers_of(item), TIER)])
        items[:] = chosen


def is_property(item: pytest.Item) -> bool:
    """Tell whether Hypothesis makes up what a test is given: a property, or the history of a state machine."""
    function = getattr(item, "obj", None)
    return is_hypothesis_test(function) or isinstance(getattr(getattr(item, "cls", None), "settings", None), settings)
