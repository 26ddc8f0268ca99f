"""`Dossier.of` sorts records by their kind into the fields of a dossier."""

from __future__ import annotations

import typing
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contractor_compliance.domain import Contractor, Dossier, field_types
from contractor_compliance.errors import InvalidValueError
from contractor_compliance.testing import factories as make
from contractor_compliance.testing.strategies import dossiers
from tests import tiers

KINDS = "Client, JobCode, Assignment, Policy, Carrier, Certificate, Exemption, Enrollment, Waiver"
FIELDS = tuple(name for name, hint in field_types(Dossier).items() if typing.get_origin(hint) is tuple)
ASSIGNMENT = make.assignment(client_id=None, job_code_id=None)


def dossier_of(*records: Any) -> Dossier:
    return Dossier.of(make.company(), make.contractor(), *records)


def faults_of(*records: Any) -> list[tuple[str, str]]:
    with pytest.raises(InvalidValueError) as refusal:
        dossier_of(*records)
    assert str(refusal.value).startswith("Dossier is not valid:")
    return [(fault.path, fault.problem) for fault in refusal.value.faults]


@tiers.examples(tests=40, stress=400)
@given(dossier=dossiers(), data=st.data())
def test_a_dossier_is_that_of_its_records_however_they_are_mixed(dossier: Dossier, data: st.DataObject) -> None:
    records = [record for name in FIELDS for record in getattr(dossier, name)]
    mixed = data.draw(st.permutations(records))
    cut = data.draw(st.integers(min_value=0, max_value=len(mixed)))

    built = Dossier.of(dossier.company, dossier.contractor, mixed[:cut], *mixed[cut:], iter(()))

    ordered = {
        name: tuple(record for record in mixed if any(record is one for one in getattr(dossier, name)))
        for name in FIELDS
    }
    assert attrs.evolve(dossier, **ordered) == built


def test_every_kind_of_record_has_its_field() -> None:
    assert KINDS.split(", ") == [typing.get_args(field_types(Dossier)[name])[0].__name__ for name in FIELDS]


def test_a_dossier_without_records_is_one_of_company_and_contractor() -> None:
    assert Dossier(company=make.company(), contractor=make.contractor()) == dossier_of()


def test_records_of_one_kind_stay_in_their_order() -> None:
    policies = make.wc_policy(), make.gl_policy(), make.auto_policy()

    assert policies == dossier_of(policies[0], ASSIGNMENT, iter(policies[1:])).policies


@pytest.mark.parametrize("iterable", [list, iter, lambda records: {id(record): record for record in records}.values()])
def test_an_iterable_of_records_is_taken_as_its_records(iterable: Any) -> None:
    dossier = dossier_of(iterable([ASSIGNMENT, make.gl_policy()]), make.wc_policy())

    assert (ASSIGNMENT,) == dossier.assignments
    assert (make.gl_policy(), make.wc_policy()) == dossier.policies


@pytest.mark.parametrize(
    ("record", "kind"),
    [(make.contractor(), "Contractor"), (make.company(), "Company"), (None, "NoneType"), (7, "int"), ("gl", "str")],
    ids=lambda part: part if isinstance(part, str) else "",
)
def test_what_is_no_record_is_named_by_its_position_with_the_kinds_that_are_taken(record: Any, kind: str) -> None:
    problem = f"must be a record of one of these kinds: {KINDS}; not {kind}"

    assert [("$.records[1]", problem)] == faults_of(ASSIGNMENT, record)
    assert [("$.records[1][0]", problem)] == faults_of(ASSIGNMENT, [record, make.gl_policy()])


def test_all_that_is_no_record_is_reported_together() -> None:
    paths = [path for path, _ in faults_of("a", [ASSIGNMENT, "b"], make.gl_policy(), "c")]

    assert ["$.records[0]", "$.records[1][1]", "$.records[3]"] == paths


def test_an_iterable_inside_an_iterable_is_refused() -> None:
    problem = f"must be a record of one of these kinds: {KINDS}; not list"

    assert [("$.records[0][0]", problem)] == faults_of([[ASSIGNMENT]])


@pytest.mark.parametrize(
    ("records", "fix"),
    [
        ({"a": 1}, "pass its .keys() or its .values()"),
        ({make.gl_policy()}, "which has no order of its own; pass a list"),
    ],
    ids=["mapping", "set"],
)
def test_a_mapping_or_a_set_of_records_is_refused_with_what_to_pass(records: Any, fix: str) -> None:
    [(path, problem)] = faults_of(records)

    assert "$.records[0]" == path
    assert problem.endswith(fix)


def test_what_a_dossier_refuses_is_refused_with_its_own_paths() -> None:
    assert [("$.assignments[0].client_id", "is not in the dossier; add it to clients")] == faults_of(
        make.assignment(job_code_id=None)
    )


def test_company_and_contractor_in_the_wrong_order_are_refused() -> None:
    with pytest.raises(InvalidValueError, match=r"\$\.company = .*: must be Company, not Contractor"):
        Dossier.of(make.contractor(), make.company())  # type: ignore[arg-type]
    assert isinstance(dossier_of().contractor, Contractor)
