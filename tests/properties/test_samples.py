"""The samples that the laws are tried on: most of what the evaluator can answer occurs among them."""

from __future__ import annotations

import functools
from collections import Counter
from typing import Any

from hypothesis import HealthCheck, Phase, given, seed, settings

from contractor_compliance.domain import Dossier, ReasonCode, RuleBook
from contractor_compliance.evaluation import evaluate
from contractor_compliance.results import InsuranceStatus, Outcome, Verdict
from tests.properties.walks import placed
from tests.properties.worlds import CHECKS, MIDDLE, anything

#: Several short runs: one long run dwells on what it has met.
_RUNS = 24
_SAMPLES = 60


@functools.cache
def _counts() -> Counter[Any]:
    """Count what is answered over a fixed sample."""
    counts: Counter[Any] = Counter()

    for run in range(_RUNS):

        @seed(run)
        @settings(
            max_examples=_SAMPLES,
            database=None,
            derandomize=False,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(anything())
        def gather(case: tuple[Dossier, RuleBook]) -> None:
            report = evaluate(*case, as_of=MIDDLE, window=False, custom=CHECKS)
            counts.update((report.verdict, report.insurance_status))
            for _, finding in placed(report):
                counts.update({finding.outcome, *finding.reasons})

        gather()
    return counts


def test_every_outcome_occurs_and_none_drowns_the_others() -> None:
    counts = {outcome: _counts()[outcome] for outcome in Outcome}
    assert min(counts.values()) > 0, counts
    assert max(counts.values()) < 0.6 * sum(counts.values()), counts


def test_every_verdict_and_every_insurance_status_occurs() -> None:
    assert all(_counts()[code] for code in (*Verdict, *InsuranceStatus)), _counts()


def test_most_reasons_occur() -> None:
    reasons = {reason for reason in ReasonCode if _counts()[reason]}
    assert len(reasons) >= 30, sorted(reason.value for reason in ReasonCode if reason not in reasons)
