"""How the cost of one report grows with the facts on file: each kind of fact doubled, three times over.

The facts are those of the law in `tests/properties/test_cost_laws.py`, which bounds the steps; here they are timed. A
ratio near 2 is a straight line, near 4 a square.
"""

from __future__ import annotations

import sys
from itertools import pairwise
from pathlib import Path

from measure import Prepare, interleave, print_table

sys.path.insert(0, str(Path(__file__).parents[1]))

from contractor_compliance.domain import Dossier
from contractor_compliance.evaluation import CompiledRuleBook, compile_rulebook, evaluate
from contractor_compliance.testing import factories
from tests.properties.test_cost_laws import BOOK, DAY, GROWING, steps

SIZES = (50, 100, 200, 400)


def unnumbered(size: int) -> Dossier:
    """Return policies of one line without numbers: each may be one with each other, and the pairs are listed."""
    return factories.dossier(*(factories.gl_policy(id=f"policy-{index}", number=None) for index in range(size)))


def main() -> None:
    plan = compile_rulebook(BOOK)
    rows = []
    for grown in (*GROWING, unnumbered):
        costs = interleave({str(size): ready(grown(size), plan) for size in SIZES}, rounds=5)
        taken = [costs[str(size)] / 1_000 for size in SIZES]
        ratios = [f"{after / before:.2f}" for before, after in pairwise(taken)]
        entered = steps(grown(SIZES[-1])) / steps(grown(SIZES[-2]))
        rows.append([grown.__name__, *(f"{cost:.1f}" for cost in taken), *ratios, f"{entered:.2f}"])
    header = ["facts", *(f"{size}, ms" for size in SIZES), *(f"x{size}" for size in SIZES[1:]), "steps, last"]
    print_table("One report as the facts on file double", header, rows)


def ready(dossier: Dossier, plan: CompiledRuleBook) -> Prepare:
    """Return what `interleave` calls: one report with its window."""
    return lambda: lambda: evaluate(dossier, plan, as_of=DAY)


if __name__ == "__main__":
    main()
