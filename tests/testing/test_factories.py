"""The samples are sound as they come, fit each other, and take every change."""

from __future__ import annotations

import inspect
import re
import subprocess
import sys
from datetime import date
from typing import Any

import attrs
import pytest

from contractor_compliance.domain import (
    EndorsementKind,
    EnrollmentState,
    EvidenceLevel,
    ExemptionKind,
    LimitKind,
    Line,
    Requirement,
    RequirementSet,
    State,
    Value,
)
from contractor_compliance.errors import InvalidValueError
from contractor_compliance.testing import factories as make

#: What the factories that need an argument are given here.
ARGUMENTS: dict[str, tuple[Any, ...]] = {
    "as_stated": (make.gl_policy(),),
    "cancellation": (make.TERM_END,),
    "endorsement": (EndorsementKind.OTHER,),
    "limits": ({LimitKind.EACH_CLAIM: 1},),
    "minimum_limits": ({LimitKind.EACH_CLAIM: 1},),
    "reinstatement": (make.TERM_END,),
}
#: What changes a sample instead of making one.
CHANGING = {"identified"}
FACTORIES = {
    name: getattr(make, name)
    for name in make.__all__
    if name not in CHANGING and inspect.isfunction(getattr(make, name))
}
SAMPLES = {name: factory(*ARGUMENTS.get(name, ())) for name, factory in FACTORIES.items() if name != "minimum_limits"}
each_sample = pytest.mark.parametrize("name", SAMPLES)


@each_sample
def test_every_sample_is_a_domain_value(name: str) -> None:
    assert isinstance(SAMPLES[name], Value)


@each_sample
def test_every_sample_is_the_same_each_time(name: str) -> None:
    assert SAMPLES[name] == FACTORIES[name](*ARGUMENTS.get(name, ()))


@each_sample
def test_every_factory_takes_a_change_to_any_field(name: str) -> None:
    sample = SAMPLES[name]
    # What a factory takes first, or settles itself, is no change.
    settled = {"line", *list(inspect.signature(FACTORIES[name]).parameters)[: len(ARGUMENTS.get(name, ()))]}
    fields = [field.name for field in attrs.fields(type(sample)) if field.name not in settled]

    assert [sample] * len(fields) == [
        FACTORIES[name](*ARGUMENTS.get(name, ()), **{field: getattr(sample, field)}) for field in fields
    ]


@each_sample
def test_every_sample_is_checked_like_any_value(name: str) -> None:
    field = attrs.fields(type(SAMPLES[name]))[-1].name

    with pytest.raises(InvalidValueError):
        FACTORIES[name](*ARGUMENTS.get(name, ()), **{field: object()})


@pytest.mark.parametrize("name", FACTORIES)
def test_every_factory_says_in_a_sentence_what_it_returns(name: str) -> None:
    first_line = (FACTORIES[name].__doc__ or "").partition("\n")[0]

    assert re.fullmatch(r"Return .+[.]", first_line)


def test_number_and_insurer_of_a_policy_are_given_like_fields() -> None:
    policy = make.wc_policy(number="WC-1001", carrier_naic=None)

    (identification,) = policy.identifications
    assert ("WC-1001", "Sample Mutual Insurance Company", None) == (
        *(identification.number, identification.carrier_name, identification.carrier_naic),
    )
    assert () == make.gl_policy(number=None, carrier_name=None, carrier_naic=None).identifications


def test_a_policy_is_given_another_number_in_every_statement_of_it() -> None:
    twice = attrs.evolve(make.gl_policy(), identifications=make.gl_policy().identifications * 2)

    assert ["GL-2", "GL-2"] == [stated.number for stated in make.identified(twice, number="GL-2").identifications]
    bare = make.identified(make.gl_policy(number=None, carrier_name=None, carrier_naic=None), carrier_naic="99902")
    assert ["99902"] == [stated.carrier_naic for stated in bare.identifications]


def test_every_kind_of_record_has_its_field_in_a_dossier() -> None:
    given = {
        "clients": make.client(id="client-2"),
        "job_codes": make.job_code(id="ROOF-1"),
        "assignments": make.assignment(client_id=None, job_code_id=None),
        "policies": make.gl_policy(),
        "carriers": make.carrier(),
        "certificates": make.certificate(),
        "exemptions": make.exemption(),
        "enrollments": make.enrollment(),
        "waivers": make.waiver(),
    }
    dossier = make.dossier(*given.values())

    assert {name: (record,) for name, record in given.items()} == {name: getattr(dossier, name) for name in given}


def test_a_dossier_of_every_kind_of_record_is_sound() -> None:
    dossier = make.dossier(
        make.gl_policy(),
        make.wc_policy(),
        make.auto_policy(),
        make.umbrella_policy(),
        make.bond(),
        make.certificate(),
        make.exemption(),
        make.enrollment(),
        make.waiver(),
    )

    assert 5 == len(dossier.policies)


def test_records_go_to_their_place_in_a_dossier() -> None:
    work = make.assignment(end=None)

    assert (work,) == make.dossier(work).assignments


def test_a_dossier_refuses_a_record_that_it_does_not_hold() -> None:
    with pytest.raises(TypeError, match="a dossier holds no Company"):
        make.dossier(make.company())


def test_loose_requirements_make_up_the_default_set() -> None:
    book = make.rulebook(make.gl_requirement(), make.wc_requirement())

    assert (make.gl_requirement(), make.wc_requirement()) == book.sets[0].requirements


def test_a_rule_book_keeps_a_default_set_of_its_own() -> None:
    default = RequirementSet(id="mine")

    assert (default,) == make.rulebook(default).sets


@pytest.mark.parametrize("line", [*Line.known(), Line("other:drone")])
def test_every_line_has_a_sample_policy(line: Line) -> None:
    assert line == make.policy(line).line


@pytest.mark.parametrize(
    "limits",
    [
        {LimitKind.EACH_CLAIM: 1},
        make.limits({LimitKind.EACH_CLAIM: 1}),
        (make.limits({LimitKind.EACH_CLAIM: 1}),),
    ],
    ids=["amounts", "statement", "statements"],
)
def test_limits_may_be_amounts_or_statements(limits: Any) -> None:
    assert (make.limits({LimitKind.EACH_CLAIM: 1}),) == make.policy(Line.CYBER, limits=limits).limits


def test_a_term_may_be_two_days() -> None:
    days = (date(2026, 2, 1), date(2026, 3, 1))

    assert (make.term(*days),) == make.gl_policy(term=days).terms


def test_an_evidence_level_may_be_given_first() -> None:
    assert EvidenceLevel.DECLARED is make.evidence(EvidenceLevel.DECLARED).level


def test_kinds_of_exemption_may_be_listed() -> None:
    assert {ExemptionKind.ATTESTATION} == make.exemption_requirement(ExemptionKind.ATTESTATION).kinds


def test_steps_of_an_opt_in_may_be_listed() -> None:
    assert EnrollmentState.DECLINED is make.enrollment(EnrollmentState.INVITED, EnrollmentState.DECLINED).state


def test_requirements_have_ids_of_their_own() -> None:
    requirements = [sample for sample in SAMPLES.values() if isinstance(sample, Requirement)]
    ids = {requirement.id for requirement in requirements}

    assert len(ids) == len(requirements) - 1  # requirement() and gl_requirement() are of one line


def test_the_sample_contractor_works_where_its_sample_cover_is() -> None:
    assert {State.AL} == make.assignment().work_states


def test_factories_and_clock_do_without_hypothesis() -> None:
    program = (
        "import sys; sys.modules['hypothesis'] = None\n"
        "from contractor_compliance.testing import FrozenClock, factories\n"
        "print(FrozenClock()().year, factories.dossier().contractor.id)"
    )

    result = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, text=True)

    assert "2026 contractor-1\n" == result.stdout


def test_strategies_without_hypothesis_name_the_extra() -> None:
    program = (
        "import sys; sys.modules['hypothesis'] = None\n"
        "from contractor_compliance.errors import MissingExtraError\n"
        "try:\n"
        "    import contractor_compliance.testing.strategies\n"
        "except MissingExtraError as error:\n"
        "    print(error.extra)"
    )

    result = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, text=True)

    assert "testing\n" == result.stdout
