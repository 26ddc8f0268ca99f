"""What a constructor takes in the place of what a value stores: any iterable, and None for a fact not stated."""

from __future__ import annotations

import itertools
import pickle
import subprocess
import sys
import typing
from collections import OrderedDict, UserList, deque
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from typing import Any

import attrs
import pytest
from freezegun.api import FakeDate
from hypothesis import given
from hypothesis import strategies as st

from contractor_compliance.domain import (
    Dossier,
    Endorsement,
    EndorsementKind,
    EndorsementRule,
    Enrollment,
    EnrollmentEvent,
    EnrollmentState,
    Limits,
    Line,
    Missing,
    State,
    StateList,
    Term,
    UnderlyingLimit,
    UnderlyingSchedule,
    Value,
    cents,
    field_types,
)
from contractor_compliance.errors import InvalidValueError
from contractor_compliance.serialization import from_dict, to_dict
from contractor_compliance.testing import factories as make
from contractor_compliance.testing import value_classes
from contractor_compliance.testing.strategies import values
from tests import tiers

CLASSES = value_classes()
EVIDENCE = make.evidence()
STEPS = tuple(
    EnrollmentEvent(at=datetime(2026, 2, day, tzinfo=UTC), state=state)
    for day, state in ((1, EnrollmentState.INVITED), (2, EnrollmentState.STARTED))
)
#: Iterables of the same entries in the same order.
ORDERED: dict[str, Callable[[tuple[Any, ...]], Iterable[Any]]] = {
    "list": list,
    "generator": iter,
    "deque": deque,
    "UserList": UserList,
    "dict keys": lambda entries: dict.fromkeys(entries).keys(),
    "dict values": lambda entries: dict(enumerate(entries)).values(),
    "map": lambda entries: map(entries.__getitem__, range(len(entries))),
}
UNORDERED: dict[str, Callable[[Any], Iterable[Any]]] = {"set": set, "frozenset": frozenset}


def faults_of(build: Callable[..., Any], **fields: Any) -> list[tuple[str, str]]:
    with pytest.raises(InvalidValueError) as refusal:
        build(**fields)
    return [(fault.path, fault.problem) for fault in refusal.value.faults]


def collection_of(hint: Any) -> Any:
    """Return `tuple` or `frozenset` if a field stores one, whether or not it may be missing; else None."""
    hints = (hint, *typing.get_args(hint))
    return next((typing.get_origin(part) for part in hints if typing.get_origin(part) in (tuple, frozenset)), None)


@tiers.examples(tests=6, stress=40)
@pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.__name__)
@given(data=st.data())
def test_a_value_built_from_any_iterable_equals_the_one_built_from_what_is_stored(
    cls: type[Value], data: st.DataObject
) -> None:
    value = data.draw(values(cls))
    changes: dict[str, Any] = {}
    for name, hint in field_types(cls).items():
        stored, collection = getattr(value, name), collection_of(hint)
        if stored is Missing.ABSENT:
            changes[name] = None
        elif collection is not None and isinstance(stored, collection):
            kinds = [kind for kind in ORDERED if kind != "dict keys" or len(set(stored)) == len(stored)]
            kind = data.draw(st.sampled_from(kinds), label=name)
            changes[name] = ORDERED[kind](tuple(stored))

    built = attrs.evolve(value, **changes)

    assert value == built
    assert hash(value) == hash(built)
    assert value == pickle.loads(pickle.dumps(built))  # noqa: S301
    for name in changes:
        assert type(getattr(value, name)) is type(getattr(built, name))


@pytest.mark.parametrize("kind", ORDERED)
def test_any_iterable_is_stored_as_a_tuple_in_its_own_order(kind: str) -> None:
    assert STEPS == Enrollment(id="e", events=ORDERED[kind](STEPS)).events


@pytest.mark.parametrize("kind", [*ORDERED, *UNORDERED])
def test_any_iterable_is_stored_as_a_frozenset(kind: str) -> None:
    build = (ORDERED | UNORDERED)[kind]

    assert frozenset({Line.GL, Line.WC}) == Enrollment(id="e", lines=build((Line.WC, Line.GL))).lines


@pytest.mark.parametrize(
    "empty", [[], (), set(), frozenset(), {}.keys(), iter(())], ids=lambda empty: type(empty).__name__
)
def test_an_empty_iterable_is_stored_as_the_empty_set(empty: Iterable[Line]) -> None:
    assert frozenset() == Enrollment(id="e", lines=empty).lines


def test_repeated_entries_are_one_in_a_set_and_stay_in_a_tuple() -> None:
    assert frozenset({Line.GL}) == Enrollment(id="e", lines=[Line.GL, Line.GL]).lines
    assert ("Sample", "Sample") == make.contractor(aliases=["Sample", "Sample"]).aliases


def test_a_list_changed_afterwards_changes_no_value() -> None:
    aliases = ["Sample Rigging"]
    contractor = make.contractor(aliases=aliases)
    aliases.append("Another")

    assert ("Sample Rigging",) == contractor.aliases


def test_the_states_themselves_are_an_iterable_of_states() -> None:
    assert frozenset(State) == StateList(states=State).states


@pytest.mark.parametrize("kind", UNORDERED)
def test_a_set_of_texts_is_sorted_where_a_tuple_is_stored(kind: str) -> None:
    assert ("Alpha", "Beta", "Gamma") == make.contractor(aliases=UNORDERED[kind](("Gamma", "Alpha", "Beta"))).aliases


def test_a_tuple_from_a_set_is_the_same_in_every_process() -> None:
    program = (
        "from contractor_compliance.testing import factories as make;"
        "print(make.contractor(aliases=set('abcdefgh')).aliases)"
    )
    printed = {
        subprocess.run(  # the hash of a text differs from seed to seed
            [sys.executable, "-c", program],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in "12"
    }

    assert {"('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h')\n"} == printed


@pytest.mark.parametrize("kind", UNORDERED)
@pytest.mark.parametrize("number", [1, 2])
def test_a_set_of_other_values_has_no_order_for_a_tuple(kind: str, number: int) -> None:
    fix = "which has no order of its own; pass a list"
    problem = f"must be a list, or another iterable, of EnrollmentEvent, not {kind}, {fix}"

    assert [("$.events", problem)] == faults_of(Enrollment, id="e", events=UNORDERED[kind](STEPS[:number]))


@pytest.mark.parametrize("mapping", [{"a": 1}, OrderedDict(), {}], ids=repr)
@pytest.mark.parametrize(("field", "entries"), [("events", "EnrollmentEvent"), ("lines", "Line")])
def test_a_mapping_is_no_collection(mapping: Any, field: str, entries: str) -> None:
    fix = "pass its .keys() or its .values()"
    expected = f"must be a list, or another iterable, of {entries}, not {type(mapping).__name__}; {fix}"

    assert [(f"$.{field}", expected)] == faults_of(Enrollment, id="e", **{field: mapping})


@pytest.mark.parametrize("text", ["Sample", "", b"Sample", bytearray(b"Sample"), Line.GL], ids=repr)
def test_a_text_is_no_collection_of_texts(text: Any) -> None:
    problem = f"must be a list, or another iterable, of str, not {type(text).__name__}; put it in brackets"

    assert [("$.aliases", problem)] == faults_of(make.contractor, aliases=text)


def test_a_text_is_no_set_of_its_letters() -> None:
    problem = "must be a list, or another iterable, of State, not str; put it in brackets"

    assert [("$.work_states", problem)] == faults_of(make.assignment, work_states="AL")


def test_a_single_value_is_no_collection() -> None:
    problem = "must be a list, or another iterable, of Policy, not Policy"

    assert [("$.policies", problem)] == faults_of(make.dossier, policies=make.gl_policy())


def test_none_is_no_collection() -> None:
    problem = "must be a list, or another iterable, of str, not NoneType; leave it out if there are none"

    assert [("$.aliases", problem)] == faults_of(make.contractor, aliases=None)


@pytest.mark.parametrize("kind", ["list", "generator", "dict values"])
def test_a_fault_in_an_iterable_names_its_place_and_its_value(kind: str) -> None:
    with pytest.raises(InvalidValueError) as refusal:
        Enrollment(id="e", events=ORDERED[kind]((STEPS[0], "x")))

    assert [("$.events[1]", "'x'", "must be EnrollmentEvent, not str")] == [
        (fault.path, fault.value, fault.problem) for fault in refusal.value.faults
    ]


def test_an_entry_of_a_set_that_has_no_hash_is_named() -> None:
    assert [("$.lines[1]", "must be Line, not list")] == faults_of(Enrollment, id="e", lines=[Line.GL, []])


def test_an_endless_iterator_is_refused() -> None:
    assert [("$.aliases", "has 100,001 entries, and at most 100,000 are taken")] == faults_of(
        make.contractor, aliases=itertools.repeat("Sample")
    )


def test_what_an_iterator_raises_reaches_the_caller() -> None:
    def broken() -> Iterable[str]:
        yield "Sample"
        raise OSError("the file is gone")

    with pytest.raises(OSError, match="the file is gone"):
        make.contractor(aliases=broken())


def test_days_of_another_library_inside_a_list_are_stored_as_plain_dates() -> None:
    @attrs.frozen
    class Days(Value):
        days: tuple[date, ...]

    days = Days([FakeDate(2026, 7, 1)]).days  # type: ignore[arg-type]

    assert ((date(2026, 7, 1),), date) == (days, type(days[0]))


def test_forms_from_a_list_are_spelled_as_those_from_a_set() -> None:
    kind = EndorsementKind.ADDITIONAL_INSURED_ONGOING

    assert frozenset({"CG 20 10 04 13"}) == EndorsementRule(kind=kind, forms=["CG2010 (04/13)"]).forms


def test_none_is_stored_as_absent_where_a_fact_may_be_missing() -> None:
    assert Term(evidence=EVIDENCE) == Term(effective=None, expiration=None, evidence=EVIDENCE)
    assert Missing.ABSENT is Limits(each_occurrence=None, evidence=EVIDENCE).each_occurrence
    assert Missing.ABSENT is Endorsement(kind=EndorsementKind.OTHER, basis=None, evidence=EVIDENCE).basis


def test_none_in_a_document_and_none_in_a_constructor_mean_the_same() -> None:
    term = Term(effective=None, expiration=date(2027, 1, 1), evidence=EVIDENCE)

    assert term == from_dict(to_dict(term) | {"effective": None}, Term)


def test_a_schedule_is_taken_from_a_list_and_none_is_no_schedule_stated() -> None:
    row = UnderlyingLimit(line=Line.GL, occurrence=cents("1,000,000"), aggregate=None)

    assert (row,) == UnderlyingSchedule(schedule=[row], evidence=EVIDENCE).schedule
    assert Missing.ABSENT is UnderlyingSchedule(schedule=None, evidence=EVIDENCE).schedule
    assert Missing.UNREADABLE is UnderlyingSchedule(schedule=Missing.UNREADABLE, evidence=EVIDENCE).schedule


def test_an_evolved_value_takes_any_iterable_too() -> None:
    dossier = make.dossier(make.gl_policy())
    policies = [make.gl_policy(), make.wc_policy()]

    assert tuple(policies) == attrs.evolve(dossier, policies=policies).policies
    assert isinstance(dossier, Dossier)
