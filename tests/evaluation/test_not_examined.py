"""A report names what no requirement asked about, and the names of what it speaks of."""

from __future__ import annotations

from datetime import date

import pytest

from contractor_compliance import as_rows, explain, timeline
from contractor_compliance.domain import (
    AggregateBasis,
    AutoKind,
    CarrierRule,
    CoverageRequirement,
    EndorsementKind,
    ExclusionKind,
    ExclusionRule,
    ExemptionKind,
    Interval,
    LimitKind,
    Line,
    Requirement,
    Trigger,
)
from contractor_compliance.evaluation import evaluate
from contractor_compliance.results import ComplianceReport, Topic
from contractor_compliance.results.not_examined import topics_not_examined
from contractor_compliance.testing import factories as make

DAY = date(2026, 6, 1)
#: What asks about each topic of general liability.
ASKING = {
    Topic.LIMITS: {"limits": make.minimum_limits({LimitKind.EACH_OCCURRENCE: make.MILLION})},
    Topic.RETENTION: {"retention_at_most": 0},
    Topic.AGGREGATE_BASIS: {"aggregate_bases": frozenset({AggregateBasis.PER_PROJECT})},
    Topic.TRIGGER: {"triggers": frozenset({Trigger.OCCURRENCE})},
    Topic.TAIL: {"tail_years": 2},
    Topic.EXCLUSIONS: {"forbidden_exclusions": (ExclusionRule(kind=ExclusionKind.HEIGHT),)},
    Topic.ADDITIONAL_INSURED: {"endorsements": (make.endorsement_rule(EndorsementKind.ADDITIONAL_INSURED_COMPLETED),)},
    Topic.PRIMARY_NON_CONTRIBUTORY: {
        "endorsements": (make.endorsement_rule(EndorsementKind.PRIMARY_NON_CONTRIBUTORY),)
    },
    Topic.WAIVER_OF_SUBROGATION: {"endorsements": (make.endorsement_rule(EndorsementKind.WAIVER_OF_SUBROGATION),)},
    Topic.NOTICE_OF_CANCELLATION: {"endorsements": (make.endorsement_rule(EndorsementKind.NOTICE_OF_CANCELLATION),)},
    Topic.AUTOS: {"autos": frozenset({AutoKind.ANY})},
    Topic.CARRIER: {"carrier": CarrierRule(size_at_least=7)},
}


def bare(line: Line = Line.GL, **asked: object) -> CoverageRequirement:
    return CoverageRequirement(id=f"requirement-{line}", line=line, **asked)  # type: ignore[arg-type]


def report_by(*requirements: Requirement) -> ComplianceReport:
    return evaluate(make.dossier(make.gl_policy()), make.rulebook(*requirements), as_of=DAY)


def not_examined(*requirements: Requirement) -> dict[Topic, tuple[Line, ...]]:
    return {entry.topic: entry.lines for entry in report_by(*requirements).not_examined}


@pytest.mark.parametrize("topic", ASKING, ids=lambda topic: topic.value)
def test_a_topic_is_not_examined_until_a_requirement_asks_about_it(topic: Topic) -> None:
    line = Line.AUTO if topic is Topic.AUTOS else Line.GL

    assert not_examined(bare(line))[topic] == (line,)
    assert topic not in not_examined(bare(line, **ASKING[topic]))


EVERY = {Topic.WAIVER_OF_SUBROGATION, Topic.NOTICE_OF_CANCELLATION, Topic.CARRIER}
LIABILITY = {Topic.LIMITS, Topic.RETENTION, Topic.EXCLUSIONS, Topic.ADDITIONAL_INSURED, *EVERY}
LAYER = {Topic.LIMITS, Topic.TRIGGER, Topic.EXCLUSIONS, Topic.ADDITIONAL_INSURED, *EVERY}
#: What may be asked of each line.
TOPICS = {
    Line.GL: LIABILITY | {Topic.AGGREGATE_BASIS, Topic.TRIGGER, Topic.TAIL, Topic.PRIMARY_NON_CONTRIBUTORY},
    Line.AUTO: LIABILITY | {Topic.AUTOS, Topic.PRIMARY_NON_CONTRIBUTORY},
    Line.PERSONAL_AUTO: LIABILITY | {Topic.AUTOS},
    Line.WC: EVERY,
    Line.EL: {Topic.LIMITS, *EVERY},
    Line.STOP_GAP: {Topic.LIMITS, *EVERY},
    Line.UMBRELLA: LAYER,
    Line.EXCESS: LAYER,
    Line.SURETY_BOND: {Topic.LIMITS, Topic.CARRIER},
    Line.OCCUPATIONAL_ACCIDENT: {Topic.LIMITS, Topic.CARRIER},
    Line("other:tools"): {Topic.LIMITS, Topic.RETENTION, Topic.TRIGGER, Topic.TAIL, Topic.EXCLUSIONS, *EVERY},
}


@pytest.mark.parametrize("line", TOPICS, ids=str)
def test_a_line_judged_is_listed_under_whatever_may_be_asked_of_it(line: Line) -> None:
    left = topics_not_examined([frozenset({(line, None)})])

    assert {entry.topic for entry in left if entry.lines} == TOPICS[line]
    assert {entry.topic for entry in left if not entry.lines} == {Topic.CERTIFICATE_HOLDER, Topic.LICENSES}


def test_every_topic_is_asked_about_by_some_field_or_belongs_to_no_line() -> None:
    assert set(Topic) == {*ASKING, Topic.CERTIFICATE_HOLDER, Topic.LICENSES}


def test_what_was_asked_of_one_line_is_still_not_examined_of_another() -> None:
    carrier = CarrierRule(size_at_least=7)

    assert not_examined(bare(carrier=carrier), bare(Line.AUTO))[Topic.CARRIER] == (Line.AUTO,)


def test_a_group_asks_about_what_its_members_ask() -> None:
    group = make.any_of(bare(Line.WC, carrier=CarrierRule(size_at_least=7)), make.exemption_requirement())

    assert Topic.CARRIER not in not_examined(group)


def test_layers_above_a_line_are_judged_for_their_limits_alone() -> None:
    left = not_examined(make.umbrella_requirement(occurrence=make.MILLION))

    assert Topic.LIMITS not in left
    assert left[Topic.EXCLUSIONS] == (Line.EXCESS, Line.UMBRELLA)


@pytest.mark.parametrize(
    "requirements", [(), (make.exemption_requirement(ExemptionKind.OWNER_EXEMPTION),)], ids=["none", "no line"]
)
def test_where_no_line_was_judged_nothing_is_listed(requirements: tuple[Requirement, ...]) -> None:
    assert report_by(*requirements).not_examined == ()


@pytest.mark.parametrize("kind", ["text", "markdown", "html"])
def test_a_page_shows_what_was_not_examined(kind: str) -> None:
    page = explain(report_by(bare()), as_=kind)  # type: ignore[arg-type]

    assert "exclusions and limitations: general liability" in page
    assert "Not examined: no requirement asked about these" in page


@pytest.mark.parametrize("kind", ["text", "markdown", "html"])
def test_the_heads_of_a_page_name_contractor_client_and_job(kind: str) -> None:
    page = explain(report_by(bare()), as_=kind)  # type: ignore[arg-type]

    for name in ("Sample Rigging LLC", "Sample Mills Corp", "Rigging of stage equipment"):
        assert name in page


def test_rows_carry_the_names_beside_the_ids() -> None:
    (row,) = as_rows(report_by(bare()))

    assert (row["contractor_id"], row["contractor_name"]) == ("contractor-1", "Sample Rigging LLC")
    assert (row["client_name"], row["job_title"]) == ("Sample Mills Corp", "Rigging of stage equipment")


def test_a_timeline_is_titled_by_the_name_of_the_contractor() -> None:
    steps = timeline(make.dossier(make.gl_policy()), make.rulebook(bare()), over=Interval(DAY))

    assert explain(steps).startswith("Sample Rigging LLC (contractor-1), ")


def test_the_table_of_policies_shows_number_insurer_and_which_records_are_or_may_be_one() -> None:
    policies = (
        make.gl_policy(id="first", number="GL 1001"),
        make.gl_policy(id="second", number="GL-1001"),
        make.gl_policy(id="third", number="TBD"),
    )
    report = evaluate(make.dossier(*policies), make.rulebook(bare()), as_of=DAY)

    assert (report.policy("first").number, report.policy("first").carrier_name) == (
        "GL 1001",
        "Sample Mutual Insurance Company",
    )
    page = explain(report, as_="html")
    assert "one policy with second; may be one policy with third" in page
    assert "its number is still to come; may be one policy with first" in page
