"""Hypothesis strategies for every domain value, valid by construction.

Days, names, amounts and ids come from small pools, so that records interact: references resolve, terms meet on the
same day, names nearly match, and amounts fall just below, at and just above what is asked for.

Raises:
    MissingExtraError: On import, if Hypothesis is not installed.
"""

from __future__ import annotations

from contractor_compliance.errors import MissingExtraError

try:
    import hypothesis as _  # noqa: F401  # the one check, so that the modules below may import it plainly
except ImportError as error:
    raise MissingExtraError("contractor_compliance.testing.strategies", "testing") from error

from contractor_compliance.testing.strategies.pools import AROUND, SPREAD
from contractor_compliance.testing.strategies.public import (
    cases,
    days,
    dossiers,
    instants,
    interval_sets,
    policies,
    requirements,
    rulebooks,
    values,
    waivers,
)

__all__ = [
    "AROUND",
    "SPREAD",
    "cases",
    "days",
    "dossiers",
    "instants",
    "interval_sets",
    "policies",
    "requirements",
    "rulebooks",
    "values",
    "waivers",
]
