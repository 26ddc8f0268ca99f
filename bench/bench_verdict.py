"""Our verdict of one contractor on one day beside other people's rule engines with the same, simpler rule set.

Before anything is timed every engine must answer a few hundred variations as we do. Then all are timed in turn.

The engines are given less to do: they receive facts that have already been chosen, and say true or false. We read
the dossier with all its statements and answer with a report: each finding with its checks, reasons, amounts and
policies. So we are timed in three ways, from all of our work to the part that is most like theirs.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import attrs
from measure import Prepare, interleave, print_table, rounds_wanted, times
from peers import PEERS, Peer
from sample import DAY, FAILING, LINES, ORDERLY, Variation, flatten, rule_book, variations

from contractor_compliance.domain import CarrierRating, Dossier, FinancialStrength
from contractor_compliance.evaluation import CompiledRuleBook, compile_rulebook, evaluate
from contractor_compliance.evaluation.evaluate import open_sweep
from contractor_compliance.results import Outcome

REPORT = "ours: dossier to report"
WINDOW = "ours: report with window"
SWEEP = "ours: prepared, one more day"
OURS = (REPORT, WINDOW, SWEEP)
CALLS = 20


def main() -> None:
    rounds = rounds_wanted(200)
    plan = compile_rulebook(rule_book())
    print(f"{check_answers(plan)} variations: every engine names the requirements that we find failed.")
    measure("Every requirement is met", plan, ORDERLY, rounds)
    measure("Every requirement fails", plan, FAILING, rounds)


def check_answers(plan: CompiledRuleBook) -> int:
    """Compare every engine with us on every variation; return how many there are."""
    count = 0
    for variation in variations():
        dossier = variation.dossier()
        facts = flatten(dossier, variation.day)
        expected = failed(plan, dossier, variation)
        for name, peer in PEERS.items():
            assert peer(facts) == expected, (name, variation, peer(facts), expected)
        count += 1
    return count


def failed(plan: CompiledRuleBook, dossier: Dossier, asked: Variation) -> frozenset[str]:
    """Return the requirements that we find failed; each way of asking us must say the same."""
    answers = []
    for window in (False, True):
        report = evaluate(dossier, plan, as_of=asked.day, window=window)
        answers.append({finding.line: finding.outcome for finding in report.all_findings()})
    sweep = open_sweep(dossier, plan)
    answers.append({judged.binding.line: judged.outcome for judged in sweep.judged(dossier.assignments[0], asked.day)})
    assert answers[0] == answers[1] == answers[2], asked
    # What only we can answer, such as "unknown", must not occur here.
    assert set(answers[0].values()) <= {Outcome.PASS, Outcome.FAIL}, asked
    return frozenset(
        LINES[line] for line, outcome in answers[0].items() if line is not None and outcome is Outcome.FAIL
    )


def measure(title: str, plan: CompiledRuleBook, asked: Variation, rounds: int) -> None:
    dossier = asked.dossier()
    facts = flatten(dossier, asked.day)
    candidates: dict[str, Prepare] = {
        REPORT: lambda: lambda: evaluate(dossier, plan, as_of=asked.day, window=False),
        WINDOW: lambda: lambda: evaluate(dossier, plan, as_of=asked.day, window=True),
        SWEEP: lambda: one_more_day(plan, dossier),
    }
    for name, peer in PEERS.items():
        candidates[prepared(name)] = lambda peer=peer: lambda: peer(facts)  # type: ignore[misc]
        candidates[from_dossier(name)] = lambda peer=peer: ask_from_dossier(peer, dossier, asked)  # type: ignore[misc]
    medians = interleave(candidates, rounds=rounds, calls=CALLS)
    rows = [[name, f"{medians[name]:.1f}", "", "", ""] for name in OURS]
    rows += (
        [name, f"{medians[name]:.1f}", *(times(medians[name] / medians[ours]) for ours in OURS)]
        for describe in (prepared, from_dossier)
        for name in map(describe, PEERS)
    )
    head = ["", "microseconds", "/ report", "/ window", "/ prepared"]
    print_table(f"{title} (median of {rounds} rounds; how many times as long as ours)", head, rows)


def one_more_day(plan: CompiledRuleBook, dossier: Dossier) -> Callable[[], object]:
    """Open a sweep and judge one day, so that the facts are weighed; then judge another day at each call.

    A rating of the insurer on each of the days, which no requirement asks for, keeps any two of them apart: what was
    found for one day cannot stand for the next.
    """
    days = [DAY + timedelta(days=later) for later in range(CALLS + 1)]
    ratings = tuple(CarrierRating(strength=FinancialStrength.A, effective=day) for day in days)
    carrier = attrs.evolve(dossier.carriers[0], ratings=ratings)
    sweep = open_sweep(attrs.evolve(dossier, carriers=(carrier,)), plan)
    coming = iter(days)
    sweep.contractor_verdict(next(coming))
    return lambda: sweep.contractor_verdict(next(coming))


def ask_from_dossier(peer: Peer, dossier: Dossier, asked: Variation) -> Callable[[], object]:
    return lambda: peer(flatten(dossier, asked.day))


def prepared(peer: str) -> str:
    return f"{peer}: prepared facts"


def from_dossier(peer: str) -> str:
    return f"{peer}: from the dossier"


if __name__ == "__main__":
    main()
