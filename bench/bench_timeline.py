"""A year's timeline beside 365 evaluations of its days.

The timeline must give what the evaluations give on every day. Then both are timed, on dossiers in which less or more
happens within the year: one judgment stands for all days up to the next change, so the gain shrinks as changes grow
in number.
"""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise
from time import process_time_ns

import attrs
from measure import interleave, print_table, rounds_wanted, times

from contractor_compliance.domain import (
    Carrier,
    CarrierRating,
    CarrierRule,
    Dossier,
    EndorsementBasis,
    EndorsementKind,
    FinancialStrength,
    Interval,
    LimitKind,
    PartyRole,
    Policy,
    ReasonCode,
    RuleBook,
    WrittenContract,
)
from contractor_compliance.evaluation import CompiledRuleBook, compile_rulebook, evaluate, timeline
from contractor_compliance.evaluation.evaluate import open_sweep
from contractor_compliance.testing import factories

YEAR = Interval(date(2026, 1, 1), date(2027, 1, 1))
DAYS = tuple(date(2026, 1, 1) + timedelta(days=later) for later in range(365))


def main() -> None:
    rounds = rounds_wanted(25)
    plan = compile_rulebook(rule_book())
    rows = []
    for dossier in (quiet(), usual(), restless()):
        steps = check_answers(dossier, plan)
        medians = measure(dossier, plan, rounds)
        rows.append(
            [
                str(changes(dossier, plan)),
                str(steps),
                f"{medians['timeline']:.0f}",
                f"{medians['evaluations']:.0f}",
                times(medians["evaluations"] / medians["timeline"]),
                f"{medians['days of one sweep']:.0f}",
                times(medians["days of one sweep"] / medians["timeline"]),
            ]
        )
    head = ["changes", "steps", "timeline", "365 evaluations", "/ timeline", "365 days of one sweep", "/ timeline"]
    print_table(f"A year in microseconds of processor time (median of {rounds} rounds)", head, rows)


def check_answers(dossier: Dossier, plan: CompiledRuleBook) -> int:
    """Compare the timeline with an evaluation of each day; return the number of its steps."""
    sampled = timeline(dossier, plan, over=YEAR)
    for day in DAYS:
        step = sampled.on(day)
        report = evaluate(dossier, plan, as_of=day, window=False)
        assert (step.verdict, step.insurance_status) == (report.verdict, report.insurance_status), day
        worst = report.worst_finding
        assert (step.worst_requirement, step.reasons) == (worst and worst.requirement_id, worst and worst.reasons), day
    return len(sampled.steps)


def changes(dossier: Dossier, plan: CompiledRuleBook) -> int:
    """Count the days of the year on which some answer may differ from the day before."""
    return sum(1 for _ in open_sweep(dossier, plan).stretches(DAYS[0], YEAR.end)) - 1


def measure(dossier: Dossier, plan: CompiledRuleBook, rounds: int) -> dict[str, float]:
    def evaluations() -> None:
        for day in DAYS:
            evaluate(dossier, plan, as_of=day, window=False)

    def sweep() -> None:
        opened = open_sweep(dossier, plan)
        for day in DAYS:
            opened.contractor_verdict(day)

    candidates = {
        "timeline": lambda: lambda: timeline(dossier, plan, over=YEAR),
        "evaluations": lambda: evaluations,
        "days of one sweep": lambda: sweep,
    }
    return interleave(candidates, rounds=rounds, clock=process_time_ns)


def rule_book() -> RuleBook:
    """Four lines with limits, an endorsement that needs a written contract, and insurers with a rating."""
    carrier = CarrierRule(strength_at_least=FinancialStrength.A_MINUS, size_at_least=7)
    additional_insured = factories.endorsement_rule(parties=frozenset({PartyRole.COMPANY}))
    return factories.rulebook(
        factories.gl_requirement(endorsements=(additional_insured,), carrier=carrier),
        factories.wc_requirement(),
        factories.el_requirement(),
        factories.auto_requirement(waivable=frozenset({ReasonCode.LIMIT_TOO_LOW})),
        id="bench",
    )


# The dossiers: two changes within the year, then eight, then twenty.


def quiet() -> Dossier:
    """General liability is renewed in summer and workers' compensation in spring."""
    return factories.dossier(
        factories.assignment(start=date(2025, 6, 1), end=None, contracts=(contract(date(2025, 5, 1)),)),
        *renewed(),
        factories.auto_policy(term=(date(2025, 12, 1), date(2027, 2, 1))),
        rated(),
    )


def usual() -> Dossier:
    """Beside the renewals automobile liability lapses and is reinstated.

    The contract is signed late, the insurer is rated anew, and a waiver carries the automobile limit for a while.
    """
    return factories.dossier(
        factories.assignment(start=date(2025, 6, 1), end=None, contracts=(contract(date(2026, 2, 2)),)),
        *renewed(),
        interrupted((date(2026, 4, 10), date(2026, 4, 25))),
        rated(date(2026, 9, 15)),
        factories.waiver(
            "requirement-automobile_liability",
            reason_codes=frozenset({ReasonCode.LIMIT_TOO_LOW}),
            effective=date(2026, 5, 20),
            expires=date(2026, 8, 20),
        ),
    )


def restless() -> Dossier:
    """The same with three more lapses, two more ratings, a second assignment and a second waiver."""
    before = usual()
    lapses = tuple((date(2026, month, 3), date(2026, month, 12)) for month in (1, 4, 10, 12))
    second = factories.assignment(
        id="assignment-2",
        start=date(2026, 3, 30),
        end=date(2026, 11, 6),
        contracts=(contract(date(2026, 2, 2)),),
    )
    return attrs.evolve(
        before,
        assignments=(*before.assignments, second),
        policies=(*before.policies[:-1], interrupted(*lapses)),
        carriers=(rated(*(date(2026, month, 15) for month in (2, 5, 9))),),
        waivers=(
            *before.waivers,
            attrs.evolve(before.waivers[0], id="waiver-2", effective=date(2026, 9, 1), expires=date(2026, 10, 20)),
        ),
    )


def renewed() -> tuple[Policy, ...]:
    blanket = factories.endorsement(
        EndorsementKind.ADDITIONAL_INSURED_ONGOING, form="CG 20 33", edition="04 13", basis=EndorsementBasis.BLANKET
    )
    general = (date(2025, 7, 1), date(2026, 7, 1), date(2027, 7, 1))
    compensation = (date(2025, 3, 15), date(2026, 3, 15), date(2027, 3, 15))
    return (
        *(
            factories.gl_policy(id=f"general-{start.year}", term=(start, end), endorsements=(blanket,))
            for start, end in pairwise(general)
        ),
        *(
            factories.wc_policy(id=f"compensation-{start.year}", term=(start, end))
            for start, end in pairwise(compensation)
        ),
    )


def interrupted(*lapses: tuple[date, date]) -> Policy:
    """Return automobile liability with less than the limit asked for, cancelled and reinstated."""
    return factories.auto_policy(
        term=(date(2025, 12, 1), date(2027, 2, 1)),
        limits={LimitKind.COMBINED_SINGLE_LIMIT: factories.MILLION // 2},
        cancellations=tuple(factories.cancellation(start) for start, _ in lapses),
        reinstatements=tuple(factories.reinstatement(end) for _, end in lapses),
    )


def rated(*days: date) -> Carrier:
    first = factories.carrier()
    later = tuple(CarrierRating(strength=FinancialStrength.A, size=9, effective=day) for day in days)
    return attrs.evolve(first, ratings=(*first.ratings, *later))


def contract(signed_on: date) -> WrittenContract:
    return WrittenContract(with_party=PartyRole.COMPANY, signed_on=signed_on)


if __name__ == "__main__":
    main()
