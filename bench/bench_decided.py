"""How much is decided of an agency that has nothing but certificates, and whether any of it is decided wrongly.

The agency is invented, and its truth with it: each contractor is truly covered or lacks cover in one of several ways.
What is on file is what an ACORD 25 shows: terms, limits, the named insured with its mailing address, and the box on
excluded owners; it has no field for Item 3.A. The rule book is the preset "plain".
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta

import attrs

from contractor_compliance import evaluate
from contractor_compliance.desk import preset
from contractor_compliance.domain import Evidence, EvidenceLevel, Exclusions, LimitKind, Policy, State
from contractor_compliance.results import Outcome, Verdict
from contractor_compliance.testing import factories as make

CONTRACTORS, SEED, DAY = 2_000, 7, date(2026, 6, 1)
STATES = (State.AL, State.CA, State.FL, State.GA, State.IL, State.NJ, State.NY, State.TX)
WORDS = ("Cobalt", "Juniper", "Harbor", "Granite", "Willow", "Summit", "Copper", "Meadow", "Falcon", "Cedar")
TRADES = ("Rigging", "Roofing", "Painting", "Drywall", "Framing", "Electric", "Plumbing", "Hauling")
SHOWN = Evidence(level=EvidenceLevel.CERTIFICATE, observed_on=date(2026, 1, 10), document="acord_25")
EXCLUDED = Exclusions(any_excluded=True, evidence=SHOWN)


def spellings(name: str, chance: random.Random) -> str:
    """Return a name as agents print it."""
    ways: tuple[Callable[[str], str], ...] = (
        str,
        str.upper,
        lambda text: text.replace(" LLC", ", L.L.C."),
        lambda text: f"{text} dba {text.split()[0]} Services",
        lambda text: text.replace(" LLC", ""),
    )
    return chance.choices(ways, weights=(50, 25, 12, 8, 5))[0](name)


def certificate(policy: Policy, name: str, state: State) -> Policy:
    """Return a policy with all statements as a certificate shows them."""
    insured = make.insured(name, state=state, evidence=SHOWN)
    terms = tuple(attrs.evolve(term, evidence=SHOWN) for term in policy.terms)
    limits = tuple(attrs.evolve(limit, evidence=SHOWN) for limit in policy.limits)
    states: tuple[()] = ()
    exclusions = tuple(attrs.evolve(exclusion, evidence=SHOWN) for exclusion in policy.exclusions)
    triggers = tuple(attrs.evolve(trigger, evidence=SHOWN) for trigger in policy.triggers)
    return attrs.evolve(
        policy,
        insured=(insured,),
        terms=terms,
        limits=limits,
        states=states,
        exclusions=exclusions,
        triggers=triggers,
    )


#: Ways to lack cover, each by what it makes of the two policies on file.
Policies = tuple[Policy, ...]
LACKS: dict[str, Callable[[Policies], Policies]] = {
    "no workers' compensation": lambda policies: policies[:1],
    "no general liability": lambda policies: policies[1:],
    "expired": lambda policies: (
        attrs.evolve(policies[0], terms=(make.term(date(2025, 5, 1), date(2026, 5, 1), evidence=SHOWN),)),
        *policies[1:],
    ),
    "cancelled": lambda policies: (
        *policies[:1],
        attrs.evolve(policies[1], cancellations=(make.cancellation(DAY - timedelta(days=20)),)),
    ),
    "cancelled on a second record": lambda policies: (
        *policies,
        attrs.evolve(policies[0], id="again", cancellations=(make.cancellation(DAY - timedelta(days=20)),)),
    ),
    "limit too low": lambda policies: (
        attrs.evolve(
            policies[0],
            limits=(
                make.limits(
                    {LimitKind.EACH_OCCURRENCE: make.MILLION // 2, LimitKind.GENERAL_AGGREGATE: make.MILLION},
                    evidence=SHOWN,
                ),
            ),
        ),
        *policies[1:],
    ),
    "owner excluded": lambda policies: (*policies[:1], attrs.evolve(policies[1], exclusions=(EXCLUDED,))),
    "another insured": lambda policies: (
        attrs.evolve(policies[0], insured=(make.insured("Quite Another Builders Inc", evidence=SHOWN),)),
        *policies[1:],
    ),
}


def verdict_of(index: int) -> tuple[str, Verdict, bool]:
    """Return the truth of one contractor, the verdict, and whether that rests on a presumption."""
    chance = random.Random(f"{SEED}/{index}")
    state = chance.choice(STATES)
    name = f"{chance.choice(WORDS)} {chance.choice(TRADES)} {index} LLC"
    away = chance.random() < 0.08
    policies: Policies = (
        certificate(make.gl_policy(number=f"GL{index:06}"), spellings(name, chance), state),
        certificate(make.wc_policy(number=f"WC{index:06}"), spellings(name, chance), state),
    )
    truth = "covered" if chance.random() < 0.6 else chance.choice(sorted(LACKS))
    if truth != "covered":
        policies = LACKS[truth](policies)
    # Now and then a certificate is filed twice, or without its number.
    if chance.random() < 0.1:
        policies = (
            *policies,
            attrs.evolve(chance.choice((policies[0], make.identified(policies[0], number=None))), id="copy"),
        )
    work = chance.choice([other for other in STATES if other is not state]) if away else state
    contractor = make.contractor(legal_name=name, home_address=make.contractor().home_address)
    dossier = make.dossier(
        *policies, contractor=contractor, assignments=(make.assignment(work_states=frozenset({work})),)
    )
    report = evaluate(dossier, preset("plain"), as_of=DAY, window=False)
    presumed = any(finding.outcome is Outcome.PASS_WITH_DEPENDENCY for finding in report.all_findings())
    return truth, report.verdict, presumed


def main() -> None:
    """Print the table: truth by verdict."""
    verdicts = [verdict_of(index) for index in range(CONTRACTORS)]
    columns = (Verdict.COMPLIANT, Verdict.UNDETERMINED, Verdict.NON_COMPLIANT)
    print(f"{CONTRACTORS:,} invented contractors (seed {SEED}) with certificates alone, preset plain\n")
    print(f"{'truth':<30}{'contractors':>12}{'compliant':>12}{'undetermined':>14}{'non-compliant':>15}")
    for truth in ("covered", *sorted(LACKS)):
        counted = Counter(verdict for true, verdict, _ in verdicts if true == truth)
        print(
            f"{truth:<30}{sum(counted.values()):>12,}"
            + "".join(f"{counted[column]:>{width},}" for column, width in zip(columns, (12, 14, 15), strict=True))
        )
    covered = [verdict for truth, verdict, _ in verdicts if truth == "covered"]
    share = covered.count(Verdict.COMPLIANT) / len(covered)
    wrong = sum(verdict is Verdict.COMPLIANT for truth, verdict, _ in verdicts if truth != "covered")
    presumed = sum(verdict is Verdict.COMPLIANT and presumed for _, verdict, presumed in verdicts)
    print(f"\nof the covered, decided compliant: {share:.1%}; of the others: {wrong}")
    print(f"compliant by a presumption on Item 3.A: {presumed}")


if __name__ == "__main__":
    main()
