"""What a requirement of one line asks for, in words: `general liability with each occurrence $1,000,000`."""

from __future__ import annotations

from collections.abc import Iterator

from contractor_compliance.domain.money import format_cents
from contractor_compliance.domain.requirements import CoverageRequirement
from contractor_compliance.evaluation.kinds.kind import limits_in_words, parties_in_words

__all__ = ["coverage_in_words"]


def coverage_in_words(requirement: CoverageRequirement) -> str:
    """Return all that the requirement asks for, in one sentence."""
    return ", ".join(part for words in _PARTS for part in words(requirement))


def _line(requirement: CoverageRequirement) -> Iterator[str]:
    """The line and its limits."""
    yield f"{requirement.line.label}{limits_in_words(requirement.limits)}"


def _autos(requirement: CoverageRequirement) -> Iterator[str]:
    """The autos to be covered."""
    if requirement.autos:
        yield "covering " + " and ".join(sorted(kind.label for kind in requirement.autos))


def _aggregate_bases(requirement: CoverageRequirement) -> Iterator[str]:
    """What the aggregate applies to."""
    if requirement.aggregate_bases:
        yield "aggregate " + " or ".join(sorted(basis.value.replace("_", " ") for basis in requirement.aggregate_bases))


def _triggers(requirement: CoverageRequirement) -> Iterator[str]:
    """The forms that will do."""
    if requirement.triggers:
        forms = sorted(trigger.value.replace("_", "-") for trigger in requirement.triggers)
        yield f"on {' or '.join(forms)} form"


def _retention(requirement: CoverageRequirement) -> Iterator[str]:
    """The highest retention."""
    if requirement.retention_at_most is not None:
        yield f"retention of at most {format_cents(requirement.retention_at_most)}"


def _endorsements(requirement: CoverageRequirement) -> Iterator[str]:
    """Each endorsement, with the parties that it must serve."""
    for rule in requirement.endorsements:
        parties = parties_in_words(rule.parties_served)
        yield f"{rule.kind.label} for {parties}" if parties else rule.kind.label


def _exclusions(requirement: CoverageRequirement) -> Iterator[str]:
    """Each exclusion that is forbidden."""
    for forbidden in requirement.forbidden_exclusions:
        yield f"no exclusion: {forbidden.kind.label}"


def _carrier(requirement: CoverageRequirement) -> Iterator[str]:
    """The rating, size and status of the insurer."""
    carrier = requirement.carrier
    if carrier is None:
        return
    if carrier.strength_at_least is not None:
        yield f"insurer rated {carrier.strength_at_least.value} or better"
    if carrier.size_at_least is not None:
        yield f"financial size category {carrier.size_at_least} or larger"
    if carrier.statuses:
        yield "insurer " + " or ".join(sorted(status.value.replace("_", " ") for status in carrier.statuses))


#: The parts of the sentence, in their order.
_PARTS = (_line, _autos, _aggregate_bases, _triggers, _retention, _endorsements, _exclusions, _carrier)
