"""Reports for people: everything that was judged is stated, in words that can do no harm and never change."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import given, settings

from contractor_compliance.domain import (
    CarrierRule,
    Dossier,
    EvidenceLevel,
    EvidenceRule,
    FinancialStrength,
    Interval,
    IntervalSet,
    LimitKind,
    Line,
    ReasonCode,
    RuleBook,
    SetLevel,
    State,
    StateList,
    StatesCovered,
    TaxId,
    Term,
    Trigger,
    TriggerTerms,
)
from contractor_compliance.evaluation import evaluate, timeline
from contractor_compliance.explanation import as_rows, explain
from contractor_compliance.results import ComplianceReport, Finding, Outcome, Timeline
from contractor_compliance.results.aspects import aspect_labels
from contractor_compliance.testing.factories import (
    MILLION,
    any_of,
    assignment,
    auto_policy,
    auto_requirement,
    cancellation,
    certificate,
    client,
    contractor,
    custom_requirement,
    dossier,
    evidence,
    gl_policy,
    gl_requirement,
    insured,
    person,
    policy,
    reinstatement,
    requirement,
    requirement_set,
    rulebook,
    term,
    umbrella_policy,
    umbrella_requirement,
    waiver,
    wc_policy,
    wc_requirement,
)
from contractor_compliance.testing.strategies import cases

SNAPSHOTS = Path(__file__).parent / "snapshots"
DAY = date(2026, 6, 15)
WAYS = ("text", "markdown", "html")
HOSTILE = '<script>alert(1)</script>"><img src=x onerror=alert(1)>\u202egnp.exe $x$ | `y`'


def sample_facts() -> Dossier:
    """Return a contractor with a lapse, cover that leans, a waiver, weak evidence and cover that will run out."""
    return dossier(
        assignment(work_states=frozenset({State.AL, State.GA})),
        assignment(id="assignment-0", start=date(2025, 3, 1), end=date(2025, 5, 31)),
        assignment(id="assignment-2", start=date(2026, 11, 2), end=None, client_id=None),
        assignment(id="assignment-3", cancelled_on=date(2026, 1, 2)),
        gl_policy(
            term=(date(2025, 4, 1), date(2026, 8, 1)),
            cancellations=(cancellation(date(2026, 4, 10)),),
            reinstatements=(reinstatement(date(2026, 4, 24)),),
        ),
        umbrella_policy(),
        wc_policy(
            states=(
                StatesCovered(
                    item_3a=StateList(states=frozenset({State.AL})),
                    item_3c=StateList(states=frozenset({State.GA})),
                    evidence=evidence(),
                ),
            )
        ),
        auto_policy(limits={LimitKind.COMBINED_SINGLE_LIMIT: MILLION // 2}),
        policy(Line.CYBER, terms=(term(evidence=evidence(EvidenceLevel.DECLARED)),)),
        waiver("auto", reason_codes=frozenset({ReasonCode.LIMIT_TOO_LOW}), expires=date(2026, 9, 1)),
        contractor=contractor(tax_id=TaxId("78-4400101")),
    )


def sample_rules() -> RuleBook:
    return rulebook(
        gl_requirement(id="gl-default"),
        any_of(id="wc"),
        auto_requirement(id="auto", waivable=frozenset({ReasonCode.LIMIT_TOO_LOW})),
        requirement(Line.CYBER, id="cyber", limits={LimitKind.EACH_CLAIM: MILLION}),
        requirement_set(
            gl_requirement(
                id="gl-mills",
                title="General liability for mills",
                limits={LimitKind.EACH_OCCURRENCE: 2 * MILLION},
                top_up=frozenset({Line.UMBRELLA}),
            ),
            id="mills",
            level=SetLevel.CLIENT,
            applies_to=frozenset({"client-1"}),
        ),
        requirement_set(
            custom_requirement(statutory=True),
            id="watch-list",
            level=SetLevel.CONTRACTOR,
            applies_to=frozenset({"contractor-1"}),
            always=True,
        ),
    )


def judge() -> ComplianceReport:
    return evaluate(sample_facts(), sample_rules(), as_of=DAY)


def follow() -> Timeline:
    return timeline(sample_facts(), sample_rules(), over=Interval())


@pytest.fixture(scope="module")
def sample() -> ComplianceReport:
    return judge()


@pytest.fixture(scope="module")
def days() -> Timeline:
    return follow()


class Reader(HTMLParser):
    """Reads elements and text; complains of an element left open."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.open: list[str] = []
        self.feed(markup)
        self.close()
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.text += f"{data}\n"

    def titles(self) -> list[str]:
        return [attributes["title"] or "" for _, attributes in self.elements if "title" in attributes]


def walk(findings: tuple[Finding, ...]) -> Iterator[Finding]:
    for finding in findings:
        yield finding
        yield from walk(finding.members)


def every_finding(report: ComplianceReport) -> list[Finding]:
    return list(walk((*(finding for judged in report.assignments for finding in judged.findings), *report.findings)))


# The whole, word for word.


TOLD = {"report": judge, "timeline": follow}
ENDINGS: dict[Any, str] = {"text": "txt", "markdown": "md", "html": "html"}


def write() -> None:
    """Record the report and the timeline in each way of telling them."""
    for name, made in TOLD.items():
        for way, ending in ENDINGS.items():
            text = explain(made(), as_=way)
            (SNAPSHOTS / f"{name}.{ending}").write_text(text, encoding="utf-8", newline="\n")


@pytest.mark.parametrize("way", ENDINGS)
@pytest.mark.parametrize("name", TOLD)
def test_a_report_is_explained_word_for_word_as_recorded(name: str, way: Any) -> None:
    recorded = (SNAPSHOTS / f"{name}.{ENDINGS[way]}").read_text(encoding="utf-8")

    assert recorded == explain(TOLD[name](), as_=way)


def test_notebooks_show_the_same_as_explain(sample: ComplianceReport, days: Timeline) -> None:
    for answer in (sample, days):
        assert answer._repr_html_() == explain(answer, as_="html")
        assert answer._repr_markdown_() == explain(answer, as_="markdown")


def test_an_explanation_in_an_unknown_format_is_refused(sample: ComplianceReport) -> None:
    with pytest.raises(ValueError, match="choose text, markdown or html"):
        explain(sample, as_="pdf")  # type: ignore[arg-type]


# What is stated.


@pytest.mark.parametrize("way", WAYS)
def test_an_explanation_names_every_requirement_judged_with_its_outcome(way: Any, sample: ComplianceReport) -> None:
    told = explain(sample, as_=way).replace("\\_", "_")
    requirement_ids = {finding.requirement_id for finding in every_finding(sample)}

    assert {
        "gl-mills",
        "wc",
        "auto",
        "cyber",
        "requirement-exemption",
        "requirement-background_check",
    } <= requirement_ids
    assert all(requirement_id in told for requirement_id in requirement_ids)
    assert {finding.outcome for finding in every_finding(sample)} >= {
        Outcome.FAIL,
        Outcome.UNKNOWN,
        Outcome.WAIVED,
        Outcome.PASS_WITH_DEPENDENCY,
        Outcome.PASS,
    }


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    "said",
    [
        "undetermined",
        "Insurance status",
        "First uncovered day",
        "2026-08-01, in 47 days",
        "2026-04-10 to 2026-04-23 (14 days)",
        "weakest: declared by the contractor",
        "waiver-1 stands in; by the facts alone: fail",
        "policy-umbrella",
        "3.C GA",
        "gl-default (version 1) of set default: overridden by gl-mills of set mills",
        "client set mills",
        "a statute",
        "judged on its first day, 2026-11-02",
        "Please notify the workers' compensation insurer of the work in GA",
    ],
)
def test_the_explained_sample_says(said: str, way: Any, sample: ComplianceReport) -> None:
    told = explain(sample, as_=way)
    text = Reader(told).text if way == "html" else told
    flat = re.sub(r"\s+", " ", text.replace("\\", ""))

    assert said.lower() in flat.lower()


def test_a_member_that_is_not_needed_asks_for_nothing(sample: ComplianceReport) -> None:
    spare = next(finding for finding in every_finding(sample) if finding.requirement_id == "requirement-exemption")

    assert spare.outcome is Outcome.FAIL
    assert spare.remedy is not None
    assert spare.remedy not in explain(sample)
    assert "another member meets the requirement" in explain(sample)


def test_one_uncovered_day_is_explained_as_one_day() -> None:
    lapse = gl_policy(
        cancellations=(cancellation(date(2026, 5, 4)),), reinstatements=(reinstatement(date(2026, 5, 5)),)
    )
    told = explain(evaluate(dossier(lapse), rulebook(gl_requirement()), as_of=DAY))

    assert "2026-05-04 (1 day)" in told
    assert "1 day uncovered, in 1 run" in told


def test_a_gap_that_holds_the_day_judged_is_explained_with_its_start() -> None:
    gone = gl_policy(cancellations=(cancellation(date(2026, 5, 4)),))
    told = explain(evaluate(dossier(gone), rulebook(gl_requirement()), as_of=DAY))

    assert "2026-05-04, uncovered since" in told
    assert re.search(r"now +fail +2026-05-04 to 2026-09-30 \(150 days\)", told)


def test_an_explanation_without_the_window_claims_nothing_about_other_days() -> None:
    report = evaluate(dossier(gl_policy()), rulebook(gl_requirement()), as_of=DAY, window=False)

    for way in WAYS:
        told = explain(report, as_=way)  # type: ignore[arg-type]
        assert "not looked for" in told
        assert "Over all its days" not in told
        assert "Next change" not in told


def test_an_open_ended_assignment_has_an_open_ended_gap() -> None:
    told = explain(evaluate(dossier(assignment(end=None), gl_policy()), rulebook(gl_requirement()), as_of=DAY))

    assert "active, from 2026-03-02 on" in told
    assert "from 2027-01-01 on uncovered, in 1 run" in told


def test_a_contractor_without_assignments_is_explained_as_not_required() -> None:
    told = explain(evaluate(dossier(assignments=()), rulebook(gl_requirement()), as_of=DAY))

    assert "NOT REQUIRED" in told
    assert "No coverage is required." in told


@pytest.mark.parametrize("way", WAYS)
def test_a_pass_names_what_it_depends_on(way: Any, sample: ComplianceReport) -> None:
    said = explain(sample, as_=way)
    text = re.sub(r"\s+", " ", Reader(said).text if way == "html" else said)

    assert "pass, depends on 3.C GA" in text.replace("PASS, DEPENDS ON", "pass, depends on")
    assert "pass, depends on policy-umbrella" in text.replace("PASS, DEPENDS ON", "pass, depends on")
    assert "Depends on" not in text


def test_a_comparison_that_passes_with_a_dependency_names_nothing(sample: ComplianceReport) -> None:
    cells = Reader(explain(sample, as_="html")).text.splitlines()

    assert any(cell.startswith("pass with a dependency: ") for cell in cells)


def test_codes_that_were_compared_are_shown_by_their_titles() -> None:
    facts = dossier(gl_policy(triggers=(TriggerTerms(trigger=Trigger.CLAIMS_MADE, evidence=evidence()),)))
    rules = rulebook(gl_requirement(triggers=frozenset({Trigger.OCCURRENCE})))
    (finding,) = evaluate(facts, rules, as_of=DAY).assignments[0].findings

    assert "trigger claims-made" in finding.actual
    assert finding.remedy == "Please send proof of general liability coverage written on this basis: occurrence."


def test_every_step_of_an_aspect_that_judging_writes_has_a_title() -> None:
    reports = json.loads((SNAPSHOTS / "reports.json").read_text(encoding="utf-8"))
    aspects = {line.partition(": ")[0] for line in texts_in(reports) if CHECK_LINE.match(line)}
    states = {state.value for state in State}
    lines = {str(line) for line in Line.known()}

    assert len(aspects) > 30
    assert [
        aspect
        for aspect in sorted(aspects)
        for step, title in zip(aspect.split("."), aspect_labels(aspect), strict=True)
        if "_" in title or (title == step and step not in states | lines | UNCHANGED)
    ] == []


def texts_in(tree: Any) -> Iterator[str]:
    """Yield every text of plain values."""
    match tree:
        case str():
            yield tree
        case dict():
            for value in tree.values():
                yield from texts_in(value)
        case list():
            for value in tree:
                yield from texts_in(value)


CHECK_LINE = re.compile(r"[a-z_]+(\.[A-Za-z_:]+)*: (fail|unknown|pass|pass_with_dependency|not_applicable)\b")
#: Steps whose title is the code itself.
UNCHANGED = frozenset(
    [
        "aggregate",
        "carrier",
        "client",
        "company",
        "endorsement",
        "exclusion",
        "exemption",
        "limit",
        "owner",
        "rating",
        "scope",
        "size",
        "state",
        "status",
        "tail",
        "trigger",
        "underlying",
        "worker",
    ]
)


# The rows.


def test_each_finding_and_member_has_a_row(sample: ComplianceReport) -> None:
    rows = as_rows(sample)

    assert [row["requirement_id"] for row in rows] == [finding.requirement_id for finding in every_finding(sample)]
    assert len({tuple(row) for row in rows}) == 1
    assert all(isinstance(cell, str | int | bool | date | None) for row in rows for cell in row.values())


def test_a_row_says_what_its_finding_says(sample: ComplianceReport) -> None:
    row = next(as_row for as_row in as_rows(sample) if as_row["requirement_id"] == "auto")

    assert row["outcome"] == "waived"
    assert row["underlying"] == "fail"
    assert row["reasons"] == "limit_too_low"
    assert row["waiver_id"] == "waiver-1"
    assert row["payer_origin"] == "own"
    assert row["level"] == "default"
    assert row["holds_until"] == date(2026, 9, 1)
    assert row["member_of"] is None


def test_a_row_of_a_member_names_what_it_belongs_to(sample: ComplianceReport) -> None:
    assert {row["member_of"] for row in as_rows(sample) if row["requirement_id"] == "requirement-exemption"} == {"wc"}


# The strip.


def test_the_strip_has_every_day_of_every_requirement(sample: ComplianceReport) -> None:
    titles = Reader(explain(sample, as_="html")).titles()

    assert "General liability for mills: fail, 2026-04-10 to 2026-04-23 (14 days): gap in coverage" in titles
    assert "General liability for mills: pass with a dependency, 2026-03-02 to 2026-04-09 (39 days)" in titles
    assert "automobile liability: waived, 2026-03-02 to 2026-08-31 (183 days)" in titles
    assert "cyber: unknown, 2026-03-02 to 2026-09-30 (213 days): evidence too weak" in titles
    assert "all requirements: fail, 2026-08-01 to 2026-09-30 (61 days)" in titles


def test_days_on_which_a_requirement_did_not_bind_are_left_blank() -> None:
    rules = rulebook(gl_requirement(), auto_requirement(effective=date(2026, 8, 1)))
    titles = Reader(explain(evaluate(dossier(gl_policy(), auto_policy()), rules, as_of=DAY), as_="html")).titles()

    assert [title for title in titles if title.startswith("automobile")] == [
        "automobile liability: pass, 2026-08-01 to 2026-09-30 (61 days)"
    ]


def test_an_old_report_without_outcome_periods_is_explained_without_a_strip(sample: ComplianceReport) -> None:
    bare = [
        attrs.evolve(part, start=None, end=None, window=attrs.evolve(part.window, periods=()) if part.window else None)
        for part in sample.assignments
    ]
    told = explain(attrs.evolve(sample, assignments=tuple(bare)), as_="html")

    assert 'class="cc-strip"' not in told
    assert "2026-04-10 to 2026-04-23 (14 days)" in told


# What no text may do.


def hostile_case() -> tuple[Dossier, RuleBook]:
    """Return a case in which every text that a stranger or a member may type attacks the reader."""
    name = f"{HOSTILE} LLC"
    facts = dossier(
        gl_policy(
            id=HOSTILE,
            number=HOSTILE,
            carrier_name=HOSTILE,
            carrier_naic=None,
            insured=(insured(name),),
            terms=(Term(effective=date(2026, 1, 1), evidence=evidence(certificate_id=HOSTILE)),),
        ),
        umbrella_policy(id=f"{HOSTILE} 2", insured=(insured(HOSTILE),)),
        wc_policy(id=f"{HOSTILE} 3", insured=(insured("Someone else"),)),
        certificate(id=HOSTILE, holder=HOSTILE, producer=HOSTILE),
        waiver(HOSTILE, id=HOSTILE, reason=HOSTILE, reason_codes=frozenset({ReasonCode.TERM_UNKNOWN})),
        assignment(
            id=HOSTILE, title=HOSTILE, client_id=HOSTILE, job_code_id=None, purchase_order=HOSTILE, worker=HOSTILE
        ),
        client(id=HOSTILE, name=HOSTILE),
        contractor=contractor(
            id=HOSTILE, legal_name=HOSTILE, people=(person(id=HOSTILE, name=HOSTILE),), tax_id=TaxId("78-4400101")
        ),
    )
    rules = rulebook(
        gl_requirement(
            id=HOSTILE,
            title=HOSTILE,
            waivable=frozenset({ReasonCode.TERM_UNKNOWN}),
            carrier=CarrierRule(strength_at_least=FinancialStrength.A),
        ),
        any_of(wc_requirement(id=f"{HOSTILE} a", title=HOSTILE), id=f"{HOSTILE} b", title=HOSTILE),
        umbrella_requirement(id=f"{HOSTILE} c", title=HOSTILE, evidence=EvidenceRule(at_least=EvidenceLevel.PLATFORM)),
        requirement_set(
            custom_requirement(HOSTILE, id=f"{HOSTILE} d", title=HOSTILE),
            gl_requirement(id=f"{HOSTILE} e", title=HOSTILE),
            id=HOSTILE,
            level=SetLevel.CLIENT,
            applies_to=frozenset({HOSTILE}),
        ),
        id=HOSTILE,
    )
    return facts, rules


def test_hostile_text_never_becomes_markup() -> None:
    facts, rules = hostile_case()
    answers = (evaluate(facts, rules, as_of=DAY), timeline(facts, rules, over=Interval()))

    for answer in answers:
        read = Reader(explain(answer, as_="html"))
        names = {name for name, _ in read.elements}
        keys = {key for _, attributes in read.elements for key in attributes}
        assert not names & {"script", "img", "a", "iframe", "link", "object", "svg"}
        assert not {key for key in keys if key.startswith("on") or key in ("href", "src")}
        assert "<script>" in read.text
        assert "\u202e" not in read.text


def test_hostile_text_stays_text_in_markdown_and_on_a_terminal() -> None:
    facts, rules = hostile_case()
    report = evaluate(facts, rules, as_of=DAY)
    marked = explain(report, as_="markdown")

    assert "<" not in marked
    assert not re.search(r"(?<!\\)[$`]", marked)
    assert "\u202e" not in marked + explain(report)
    assert "[U+202E]" in explain(report)


def test_the_html_loads_nothing_and_runs_nothing(sample: ComplianceReport, days: Timeline) -> None:
    for answer in (sample, days):
        told = explain(answer, as_="html")
        assert not re.search(r"url\(|@import|https?:|<script|<link|javascript:", told)


def test_the_tax_id_is_in_no_explanation(sample: ComplianceReport, days: Timeline) -> None:
    for way in WAYS:
        told = explain(sample, as_=way) + explain(days, as_=way)  # type: ignore[arg-type]
        assert not re.search(r"123-?45-?6789|6789", told)


@settings(max_examples=25)
@given(cases())
def test_any_report_is_explained_whole(case: tuple[Dossier, RuleBook]) -> None:
    facts, rules = case
    report = evaluate(facts, rules, as_of=DAY)
    read = Reader(explain(report, as_="html"))
    findings = every_finding(report)

    assert sum(name == "code" for name, _ in read.elements) == len(findings) == len(as_rows(report))
    assert explain(report).count("Required:") == len(findings)
    assert explain(report, as_="markdown").count("- Required: ") >= len(findings)
    for assignment_report in report.assignments:
        if assignment_report.window is None:
            continue
        for run in assignment_report.window.periods:
            assert any(f": {run.outcome.label}, " in title for title in read.titles())


@settings(max_examples=25)
@given(cases())
def test_the_runs_of_a_window_are_its_gaps_and_the_days_between(case: tuple[Dossier, RuleBook]) -> None:
    facts, rules = case
    for judged in evaluate(facts, rules, as_of=DAY).assignments:
        if judged.window is None:
            continue
        for requirement_id in {run.requirement_id for run in judged.window.periods}:
            runs, gaps = (
                {
                    outcome: IntervalSet(
                        period.days
                        for period in of
                        if period.requirement_id == requirement_id and period.outcome is outcome
                    )
                    for outcome in Outcome
                }
                for of in (judged.window.periods, judged.window.gaps)
            )
            assert runs[Outcome.FAIL] == gaps[Outcome.FAIL]
            # Two versions of a requirement may bind on one day: the worse one is drawn.
            assert runs[Outcome.UNKNOWN] == gaps[Outcome.UNKNOWN] - gaps[Outcome.FAIL]
        for run in judged.window.periods:
            assert run.days.start is not None
            assert judged.start is not None
            assert run.days.start >= judged.start
            assert run.days.end is not None or judged.end in (None, date.max)
