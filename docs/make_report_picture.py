"""Writes the page of which docs/_static/report.png is a picture. Every name and number in it is invented.

The page goes to the path given; then, by hand:

    python docs/make_report_picture.py report.html
    chromium --headless --hide-scrollbars --force-device-scale-factor=1.5 --window-size=1000,766 \
        --screenshot=report.png report.html
    pngquant --output docs/_static/report.png 64 report.png
"""
# ruff: noqa: INP001  # a program, no package

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path

import attrs

from contractor_compliance.domain import LimitKind, Line, ReasonCode, State, StateList, StatesCovered, Term
from contractor_compliance.evaluation import evaluate
from contractor_compliance.explanation import explain
from contractor_compliance.results import ComplianceReport
from contractor_compliance.testing.factories import (
    MILLION,
    any_of,
    assignment,
    auto_policy,
    auto_requirement,
    cancellation,
    contractor,
    dossier,
    evidence,
    gl_policy,
    gl_requirement,
    insured,
    policy,
    reinstatement,
    requirement,
    rulebook,
    umbrella_policy,
    waiver,
    wc_policy,
)

YEAR = (date(2026, 1, 1), date(2027, 1, 1))


def sample() -> ComplianceReport:
    """Return an invented report: a lapse in the past, cover that leans, a waiver, and cover about to run out."""
    work = assignment(
        id="stage-build-tour",
        start=date(2026, 1, 5),
        end=date(2026, 12, 18),
        work_states=frozenset({State.AL, State.GA}),
    )
    policies = (
        gl_policy(
            id="gl-2025",
            term=(date(2025, 7, 1), date(2026, 7, 1)),
            cancellations=(cancellation(date(2026, 3, 10)),),
            reinstatements=(reinstatement(date(2026, 3, 24)),),
        ),
        gl_policy(id="gl-2026", term=(date(2026, 7, 1), date(2027, 7, 1))),
        umbrella_policy(id="umbrella-2026", term=YEAR),
        wc_policy(
            id="wc-2026",
            states=(
                StatesCovered(
                    item_3a=StateList(states=frozenset({State.AL})),
                    item_3c=StateList(states=frozenset({State.GA})),
                    evidence=evidence(),
                ),
            ),
        ),
        auto_policy(id="auto-2026", limits={LimitKind.COMBINED_SINGLE_LIMIT: MILLION // 2}),
        policy(Line.PROFESSIONAL, id="pl-2025", term=(date(2025, 9, 15), date(2026, 9, 15))),
        policy(Line.PROFESSIONAL, id="pl-2026", term=Term(effective=date(2026, 9, 15), evidence=evidence())),
    )
    excuse = waiver(
        "auto",
        id="waiver-17",
        reason_codes=frozenset({ReasonCode.LIMIT_TOO_LOW}),
        effective=date(2026, 1, 1),
        expires=date(2026, 11, 1),
    )
    facts = dossier(
        work,
        excuse,
        contractor=contractor(id="juniper-rigging (invented)", legal_name="Juniper Rigging LLC"),
        policies=tuple(
            attrs.evolve(term_policy, insured=(insured("Juniper Rigging LLC"),)) for term_policy in policies
        ),
    )
    rules = rulebook(
        gl_requirement(
            id="gl",
            title="General liability",
            limits={LimitKind.EACH_OCCURRENCE: 2 * MILLION, LimitKind.GENERAL_AGGREGATE: 2 * MILLION},
            top_up=frozenset({Line.UMBRELLA}),
        ),
        any_of(id="wc", title="Workers' compensation or exemption"),
        auto_requirement(id="auto", title="Automobile", waivable=frozenset({ReasonCode.LIMIT_TOO_LOW})),
        requirement(Line.PROFESSIONAL, id="pl", title="Professional liability", limits={LimitKind.EACH_CLAIM: MILLION}),
        id="company-rules",
        version=4,
    )
    return evaluate(facts, rules, as_of=date(2026, 6, 15))


def page(report: ComplianceReport) -> str:
    """Return the report on a page of its own that follows the reader's light or dark scheme."""
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>Report</title>'
        '<meta name="color-scheme" content="light dark">'
        f'<body style="margin:18px 24px">{explain(report, as_="html")}</body></html>\n'
    )


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(page(sample()), encoding="utf-8")
