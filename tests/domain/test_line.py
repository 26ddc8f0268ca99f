"""Lines of insurance are text with a closed set of codes and one open family."""

from __future__ import annotations

import pickle

import pytest

from contractor_compliance.domain import LimitKind, Limits, Line, limit_kinds
from contractor_compliance.errors import InvalidValueError


def test_the_well_known_lines_number_fourteen() -> None:
    assert 14 == len(Line.known())


@pytest.mark.parametrize("line", Line.known())
def test_a_known_line_is_its_own_constant(line: Line) -> None:
    assert line in {value for value in vars(Line).values() if isinstance(value, Line)}


def test_a_line_is_its_code() -> None:
    assert "general_liability" == Line.GL


@pytest.mark.parametrize("code", ["other:drone", "other:drone_hull", "other:a1_2b"])
def test_a_line_of_another_kind_is_other_with_a_name(code: str) -> None:
    assert code == Line(code)


@pytest.mark.parametrize(
    "code",
    ["gl", "General_Liability", "other:", "other:Drone", "other:a__b", "other:_a", "other:a ", "other:\u0661", ""],
)
def test_a_code_that_is_no_line_is_refused(code: str) -> None:
    with pytest.raises(InvalidValueError, match=r"must be one of general_liability, .* or other:<name>"):
        Line(code)


@pytest.mark.parametrize(
    ("line", "label"), [(Line.WC, "workers' compensation"), (Line("other:drone_hull"), "drone hull")]
)
def test_a_line_has_a_name_for_people(line: Line, label: str) -> None:
    assert label == line.label


def test_only_umbrella_and_excess_are_layers() -> None:
    assert {Line.UMBRELLA, Line.EXCESS} == {line for line in Line.known() if line.is_layer}


def test_a_line_survives_pickling() -> None:
    assert repr(Line.GL) == repr(pickle.loads(pickle.dumps(Line.GL)))  # noqa: S301


def test_a_line_is_shown_as_a_line() -> None:
    assert "Line('cyber')" == repr(Line.CYBER)


def test_workers_compensation_has_no_limits_to_ask_for() -> None:
    assert frozenset() == limit_kinds(Line.WC)


def test_stop_gap_has_the_limits_of_employers_liability() -> None:
    assert limit_kinds(Line.EL) == limit_kinds(Line.STOP_GAP)


def test_a_line_of_another_kind_has_the_limits_of_claims() -> None:
    expected = {LimitKind.EACH_CLAIM, LimitKind.EACH_OCCURRENCE, LimitKind.AGGREGATE}

    assert expected == limit_kinds(Line("other:drone"))


@pytest.mark.parametrize("kind", LimitKind, ids=lambda kind: kind.value)
def test_each_kind_of_limit_is_a_field(kind: LimitKind) -> None:
    assert kind.value in Limits.__slots__


@pytest.mark.parametrize("kind", LimitKind, ids=lambda kind: kind.value)
def test_each_kind_of_limit_belongs_to_a_line(kind: LimitKind) -> None:
    assert any(kind in limit_kinds(line) for line in Line.known())


@pytest.mark.parametrize(
    ("kind", "label"),
    [(LimitKind.EACH_OCCURRENCE, "each occurrence"), (LimitKind.EL_EACH_ACCIDENT, "each accident")],
)
def test_a_limit_has_a_name_for_people(kind: LimitKind, label: str) -> None:
    assert label == kind.label
