"""What no requirement asked about, so that a verdict never reads as more than was judged."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

import attrs

from contractor_compliance.domain.labels import LabeledCode
from contractor_compliance.domain.line import Line

__all__ = ["NotExamined", "Topic", "topics_not_examined"]


class Topic(LabeledCode):
    """What a requirement may ask of a policy, or of the documents beside it.

    Example:
        >>> Topic.CARRIER.label
        "the insurer's rating and status"
    """

    LIMITS = "limits"
    RETENTION = "retention"
    AGGREGATE_BASIS = "aggregate_basis"
    TRIGGER = "trigger"
    TAIL = "tail"
    EXCLUSIONS = "exclusions"
    ADDITIONAL_INSURED = "additional_insured"
    PRIMARY_NON_CONTRIBUTORY = "primary_non_contributory"
    WAIVER_OF_SUBROGATION = "waiver_of_subrogation"
    NOTICE_OF_CANCELLATION = "notice_of_cancellation"
    AUTOS = "autos"
    CARRIER = "carrier"
    CERTIFICATE_HOLDER = "certificate_holder"
    LICENSES = "licenses"


@attrs.frozen
class NotExamined:
    """One topic that no requirement asked about.

    Attributes:
        topic: What was not asked about.
        lines: The lines judged of which it was not asked; none for what belongs to no line.

    Example:
        >>> from datetime import date
        >>> from contractor_compliance import evaluate
        >>> from contractor_compliance.testing.factories import dossier, gl_policy, gl_requirement, rulebook
        >>> report = evaluate(dossier(gl_policy()), rulebook(gl_requirement()), as_of=date(2026, 6, 15))
        >>> {entry.topic.value: entry.lines for entry in report.not_examined}["exclusions"]
        (Line('general_liability'),)
    """

    topic: Topic
    lines: tuple[Line, ...] = ()


#: What every line may be asked about.
_EVERY_LINE = (Topic.WAIVER_OF_SUBROGATION, Topic.NOTICE_OF_CANCELLATION, Topic.CARRIER)
_LIABILITY = (Topic.LIMITS, Topic.RETENTION, Topic.EXCLUSIONS, Topic.ADDITIONAL_INSURED, *_EVERY_LINE)
_CLAIM = (Topic.LIMITS, Topic.RETENTION, Topic.TRIGGER, Topic.TAIL, Topic.EXCLUSIONS, *_EVERY_LINE)
_LAYER = (Topic.LIMITS, Topic.TRIGGER, Topic.EXCLUSIONS, Topic.ADDITIONAL_INSURED, *_EVERY_LINE)
#: What a line may be asked about, by line; every other line is written per claim.
_TOPICS: dict[Line, tuple[Topic, ...]] = {
    Line.GL: (*_LIABILITY, Topic.AGGREGATE_BASIS, Topic.TRIGGER, Topic.TAIL, Topic.PRIMARY_NON_CONTRIBUTORY),
    Line.AUTO: (*_LIABILITY, Topic.AUTOS, Topic.PRIMARY_NON_CONTRIBUTORY),
    Line.PERSONAL_AUTO: (*_LIABILITY, Topic.AUTOS),
    Line.WC: _EVERY_LINE,
    Line.EL: (Topic.LIMITS, *_EVERY_LINE),
    Line.STOP_GAP: (Topic.LIMITS, *_EVERY_LINE),
    Line.UMBRELLA: _LAYER,
    Line.EXCESS: _LAYER,
    Line.SURETY_BOND: (Topic.LIMITS, Topic.CARRIER),
    Line.OCCUPATIONAL_ACCIDENT: (Topic.LIMITS, Topic.CARRIER),
}
#: What no requirement of any kind asks about.
_OF_NO_LINE = (Topic.CERTIFICATE_HOLDER, Topic.LICENSES)


def topics_not_examined(examined: Iterable[frozenset[tuple[Line, Topic | None]]]) -> tuple[NotExamined, ...]:
    """Return the topics left, in the order of `Topic`; nothing where no line was judged.

    Args:
        examined: What each requirement judged asks about: pairs of line and topic. A pair without a topic names a
            line that was judged.
    """
    return _left(frozenset(examined))


# Contractors of one company are judged by few combinations of requirements.
@lru_cache(maxsize=256)
def _left(examined: frozenset[frozenset[tuple[Line, Topic | None]]]) -> tuple[NotExamined, ...]:
    asked = frozenset[tuple[Line, Topic | None]]().union(*examined)
    lines = sorted({line for line, _ in asked})
    if not lines:
        return ()
    entries = []
    for topic in Topic:
        left = tuple(line for line in lines if topic in _TOPICS.get(line, _CLAIM) and (line, topic) not in asked)
        if left or topic in _OF_NO_LINE:
            entries.append(NotExamined(topic, left))
    return tuple(entries)
