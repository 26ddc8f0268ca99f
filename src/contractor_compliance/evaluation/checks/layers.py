"""Umbrella and excess layers over a primary: which count, for how much, and what they depend on (domain rule B2.5)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import attrs

from contractor_compliance.domain.evidence import Evidence, EvidenceRule
from contractor_compliance.domain.limits import LimitKind
from contractor_compliance.domain.line import Line
from contractor_compliance.domain.policy import Trigger
from contractor_compliance.domain.reason import ReasonCode
from contractor_compliance.domain.underlying import UnderlyingLimit
from contractor_compliance.domain.value import Missing
from contractor_compliance.evaluation.checks.basics import insured_check, retroactive_check, term_check
from contractor_compliance.evaluation.checks.context import CheckContext
from contractor_compliance.evaluation.checks.endorsements import is_stop_gap
from contractor_compliance.evaluation.checks.presumed_schedule import PresumedSchedule, presumed_schedule
from contractor_compliance.evaluation.facts.dossier import evidence_fault
from contractor_compliance.evaluation.facts.policy import PolicyFacts
from contractor_compliance.evaluation.facts.resolved import ResolvedFact, stated_values, strongest
from contractor_compliance.results.outcome import Outcome

__all__ = [
    "OCCURRENCE_BY_NATURE",
    "Tower",
    "aggregate_kinds",
    "occurrence_kinds",
    "policies_carrying",
    "primaries_in_force",
    "tower_over",
]

#: The limit of each line that an umbrella's each-occurrence amount adds to.
_OCCURRENCE = {
    Line.GL: (LimitKind.EACH_OCCURRENCE, LimitKind.COMBINED_SINGLE_LIMIT),
    Line.AUTO: (LimitKind.COMBINED_SINGLE_LIMIT,),
    Line.PERSONAL_AUTO: (LimitKind.COMBINED_SINGLE_LIMIT,),
    # By analogy; no source says how disease per employee is topped up (domain rule B2.2).
    Line.EL: (LimitKind.EL_EACH_ACCIDENT, LimitKind.EL_DISEASE_EACH_EMPLOYEE),
    Line.STOP_GAP: (LimitKind.EL_EACH_ACCIDENT, LimitKind.EL_DISEASE_EACH_EMPLOYEE),
}
#: The limit of each line that an umbrella's aggregate adds to.
_AGGREGATE = {
    Line.GL: (LimitKind.GENERAL_AGGREGATE, LimitKind.PRODUCTS_COMPLETED_OPERATIONS_AGGREGATE),
    Line.AUTO: (),
    Line.PERSONAL_AUTO: (),
    Line.EL: (LimitKind.EL_DISEASE_POLICY_LIMIT,),
    Line.STOP_GAP: (LimitKind.EL_DISEASE_POLICY_LIMIT,),
}
#: The lines that the row of a line may stand under in a schedule, where it may stand under several.
_SCHEDULED_AS = {Line.EL: (Line.EL, Line.WC, Line.STOP_GAP)}
_CLAIM_OCCURRENCE = (LimitKind.EACH_CLAIM, LimitKind.EACH_OCCURRENCE)
_CLAIM_AGGREGATE = (LimitKind.AGGREGATE,)
#: Lines written on an occurrence basis; others are only where a source says so.
OCCURRENCE_BY_NATURE = frozenset({Line.AUTO, Line.PERSONAL_AUTO, Line.EL, Line.STOP_GAP, Line.WC})


def occurrence_kinds(line: Line) -> tuple[LimitKind, ...]:
    """Return the limits of `line` that a layer's each-occurrence amount adds to."""
    return _OCCURRENCE.get(line, _CLAIM_OCCURRENCE)


def aggregate_kinds(line: Line) -> tuple[LimitKind, ...]:
    """Return the limits of `line` that a layer's aggregate adds to."""
    return _AGGREGATE.get(line, _CLAIM_AGGREGATE)


@attrs.define
class Tower:
    """The layers over one primary policy, each amount in cents, the primary's own not included.

    Attributes:
        occurrence: Each-occurrence amount that certainly counts.
        aggregate: Aggregate that certainly counts.
        possible_occurrence: Each-occurrence amount that may count, `occurrence` included.
        possible_aggregate: Aggregate that may count.
        used: Ids of the layers that certainly count, lowest first.
        doubtful: Ids of the layers that may count.
        cut: Why layers that are in force do not count.
        presumed: What is presumed of layers that certainly count (domain rule B14.16).
    """

    occurrence: int = 0
    aggregate: int = 0
    possible_occurrence: int = 0
    possible_aggregate: int = 0
    used: tuple[str, ...] = ()
    doubtful: tuple[str, ...] = ()
    cut: frozenset[ReasonCode] = frozenset()
    presumed: tuple[PresumedSchedule, ...] = ()


@attrs.define
class _Seat:
    """How a layer sits on a line of a primary.

    Attributes:
        row: Its row for the line; None = not known.
        is_certain: Whether it certainly counts over the line.
        presumed: The row that is presumed where none is known.
    """

    row: UnderlyingLimit | None
    is_certain: bool
    presumed: PresumedSchedule | None = None

    @property
    def _seated(self) -> UnderlyingLimit | None:
        """The row that counts: as presumed, else as stated."""
        return self.presumed.row if self.presumed is not None else self.row

    @property
    def attachment(self) -> int | Missing:
        """What must lie beneath for each occurrence, in cents."""
        return self._seated.occurrence if self._seated is not None else Missing.ABSENT

    @property
    def attachment_aggregate(self) -> int | Missing:
        """What must lie beneath in the aggregate, in cents."""
        return self._seated.aggregate if self._seated is not None else Missing.ABSENT


@attrs.define
class _LayerTerms:
    policy: PolicyFacts
    certain: bool
    occurrence: tuple[int, int]
    aggregate: tuple[int, int]
    attachment: int
    attachment_aggregate: int
    states_aggregate: bool
    presumed: PresumedSchedule | None = None


#: Stands for an amount that is not stated: it may be any.
_ANY = 10**15


def tower_over(
    line: Line,
    primary: PolicyFacts,
    kinds: frozenset[Line],
    rule: EvidenceRule,
    context: CheckContext,
    *,
    limit: LimitKind | None = None,
    presume_schedule: bool = False,
) -> Tower:
    """Stack the layers that sit over `line` of `primary` on the day.

    A limit is topped up only where the primary reaches what the layer asks for of that very limit (domain rule B14.4):
    `limit` says which one the tower is for; None = the first one stated. Where it is an aggregate, and the layer's
    schedule states none, it is not known whether it does.

    Layers are taken by attachment, lowest first. One counts iff what lies beneath it reaches its attachment; else
    there is an uninsured gap, and the layer is cut off, as is all that would need it beneath. Layers about which
    something is unknown are stacked in the possible tower only.

    With `presume_schedule` an umbrella whose schedule no source states may be presumed to sit on the primary.
    """
    tower = Tower()
    occurrence = _base(line, primary, _this_or_all(limit, occurrence_kinds(line)))
    aggregate = _base(line, primary, _this_or_all(limit, aggregate_kinds(line)))
    terms = [
        _layer_terms(policy, line, primary, rule, context, presume_schedule=presume_schedule)
        for policy in _layers(kinds, context)
    ]
    if limit is not None and limit in aggregate_kinds(line):
        for layer in terms:
            if isinstance(layer, _LayerTerms):
                layer.certain &= layer.states_aggregate
    layers = _lowest_first(terms)
    certain = [layer for layer in layers if layer.certain]
    tower.occurrence, tower.aggregate, tower.used, gap = _stack(certain, 0, occurrence[0], aggregate[0])
    tower.possible_occurrence, tower.possible_aggregate, doubtful, possible_gap = _stack(
        layers, 1, occurrence[1], aggregate[1]
    )
    tower.doubtful = tuple(policy_id for policy_id in doubtful if policy_id not in tower.used)
    tower.cut = frozenset(reason for reason in terms if isinstance(reason, ReasonCode))
    if gap or possible_gap:
        tower.cut |= {ReasonCode.ATTACHMENT_GAP}
    tower.presumed = _presumed(certain, tower.used)
    return tower


def _presumed(layers: list[_LayerTerms], used: tuple[str, ...]) -> tuple[PresumedSchedule, ...]:
    """Return what is presumed of the layers that count."""
    return tuple(layer.presumed for layer in layers if layer.presumed is not None and layer.policy.id in used)


def _layers(kinds: frozenset[Line], context: CheckContext) -> Iterator[PolicyFacts]:
    for kind in sorted(kinds):
        for policy in context.facts.by_line.get(kind, ()):
            if policy.counts_for(context.work):
                yield policy


def _layer_terms(
    policy: PolicyFacts,
    line: Line,
    primary: PolicyFacts,
    rule: EvidenceRule,
    context: CheckContext,
    *,
    presume_schedule: bool,
) -> _LayerTerms | ReasonCode | None:
    """Make a layer ready for stacking; a reason if it cannot count over this line, None if it is not in force."""
    term = term_check(policy, rule, context)
    insured = insured_check(policy, rule, context)
    if term.outcome is Outcome.FAIL:
        return None
    if insured.outcome is Outcome.FAIL:
        return insured.reason
    seat = _seat(policy, line, primary, rule, context, presume_schedule=presume_schedule)
    if not isinstance(seat, _Seat):
        return seat
    occurrence = policy.amount(LimitKind.EACH_OCCURRENCE)
    is_in_force = term.outcome.rank > Outcome.UNKNOWN.rank and insured.outcome is Outcome.PASS
    return _LayerTerms(
        policy=policy,
        certain=is_in_force
        and seat.is_certain
        and len(occurrence.values) == 1
        and _is_proven_layer(policy, rule, context),
        occurrence=_bounds(occurrence),
        aggregate=_bounds(policy.amount(LimitKind.AGGREGATE)),
        attachment=_stated_or_none(seat.attachment),
        attachment_aggregate=_stated_or_none(seat.attachment_aggregate),
        states_aggregate=not isinstance(seat.attachment_aggregate, Missing),
        presumed=seat.presumed,
    )


def _seat(
    policy: PolicyFacts,
    line: Line,
    primary: PolicyFacts,
    rule: EvidenceRule,
    context: CheckContext,
    *,
    presume_schedule: bool,
) -> _Seat | ReasonCode | None:
    """Return how a layer sits on the line of the primary, or the reason why it does not."""
    row = _schedule(policy, line)
    if row is False:
        return ReasonCode.LINE_NOT_SCHEDULED
    triggers = _triggers_agree(line, primary, policy.trigger)
    is_claims_made = policy.trigger.value is Trigger.CLAIMS_MADE
    if triggers is False and not is_claims_made:
        return ReasonCode.TRIGGER_NOT_ACCEPTED
    seat = _Seat(row, is_certain=triggers is not None)
    if presume_schedule and row is None and triggers is True:
        seat.presumed = presumed_schedule(policy, line, primary, rule, context)
    if is_claims_made:
        reach = retroactive_check(policy, rule, context)
        if reach.outcome is Outcome.FAIL and triggers is not False:
            return reach.reason
        # Over an occurrence primary the forms differ on the retroactive date: only one that reaches back counts.
        seat.is_certain &= reach.outcome is Outcome.PASS
    seat.is_certain &= not isinstance(seat.attachment, Missing)
    return seat


def _is_proven_layer(policy: PolicyFacts, rule: EvidenceRule, context: CheckContext) -> bool:
    """Return whether every fact that the layer counts by is proven as well as the requirement asks."""
    amounts = (policy.amount(LimitKind.EACH_OCCURRENCE).support, policy.amount(LimitKind.AGGREGATE).support)
    return all(
        evidence_fault(support, rule, context.day, context.facts, policy) is None
        for support in (*amounts, policy.trigger.support, _schedule_support(policy))
        if support
    )


def _stated_or_none(cents: int | Missing) -> int:
    """Return an attachment in cents; one that is not stated is none."""
    return 0 if isinstance(cents, Missing) else cents


def _bounds(amount: ResolvedFact) -> tuple[int, int]:
    """Return the least and the most that the statements allow."""
    return (min(amount.values), max(amount.values)) if amount.values else (0, _ANY)


def _schedule(policy: PolicyFacts, line: Line) -> UnderlyingLimit | Literal[False] | None:
    """Return the layer's row for the line, None if it is not known whether there is one, False if there is none."""
    lines = _SCHEDULED_AS.get(line, (line,))
    followed = _followed(policy, lines)
    schedules, _ = strongest(
        stated_values((statement.schedule, statement.evidence) for statement in policy.underlying_schedules)
    )
    if len(schedules) > 1 or len(followed) > 1:
        return None
    rows = [*(row for schedule in schedules for row in schedule if row.line in lines), *followed]
    if rows:
        return rows[0]
    return False if schedules else None


def _followed(policy: PolicyFacts, lines: tuple[Line, ...]) -> tuple[UnderlyingLimit, ...]:
    """Return the row over which the layer follows form, by the best evidence; several if that contradicts itself."""
    rows, _ = strongest(
        (row, statement.evidence)
        for statement in policy.underlying_schedules
        for row in statement.follows_form_over
        if row.line in lines
    )
    return rows


def _schedule_support(policy: PolicyFacts) -> tuple[Evidence, ...]:
    return tuple(schedule.evidence for schedule in policy.underlying_schedules)


def _triggers_agree(line: Line, primary: PolicyFacts, layer: ResolvedFact) -> bool | None:
    # What is endorsed on general liability has the trigger of that policy.
    by_nature = line in OCCURRENCE_BY_NATURE and primary.line != Line.GL
    stated = primary.trigger
    beneath = Trigger.OCCURRENCE if by_nature and not stated.values else stated.value
    if beneath is None or layer.value is None:
        return None
    return beneath is layer.value


def _lowest_first(terms: list[_LayerTerms | ReasonCode | None]) -> list[_LayerTerms]:
    """Return the layers that may count by attachment, a policy once, though it may count in several capacities."""
    layers = [layer for layer in terms if isinstance(layer, _LayerTerms)]
    first: dict[int, _LayerTerms] = {}
    # The capacity that is proven counts, then the first.
    for layer in sorted(layers, key=lambda layer: (not layer.certain, layer.policy.id)):
        first.setdefault(layer.policy.identity, layer)
    return sorted(first.values(), key=lambda layer: (layer.attachment, layer.attachment_aggregate, layer.policy.id))


def _stack(
    layers: list[_LayerTerms], bound: int, occurrence: int, aggregate: int
) -> tuple[int, int, tuple[str, ...], bool]:
    """Add up the layers that are reached: with their least amounts (`bound` 0) or their most (1)."""
    beneath, beneath_aggregate = occurrence, aggregate
    used: list[str] = []
    for layer in layers:
        if layer.attachment <= beneath and layer.attachment_aggregate <= beneath_aggregate:
            beneath += layer.occurrence[bound]
            beneath_aggregate += layer.aggregate[bound]
            used.append(layer.policy.id)
    return beneath - occurrence, beneath_aggregate - aggregate, tuple(used), len(used) < len(layers)


def _this_or_all(limit: LimitKind | None, kinds: tuple[LimitKind, ...]) -> tuple[LimitKind, ...]:
    return (limit,) if limit is not None and limit in kinds else kinds


def _base(line: Line, primary: PolicyFacts, kinds: tuple[LimitKind, ...]) -> tuple[int, int]:
    """Return the least and the most that the primary may put beneath the layers, by the first of `kinds` stated."""
    stated = (primary.amount_for(line, kind) for kind in kinds)
    return next((_bounds(amount) for amount in stated if amount.values), (0, _ANY) if kinds else (0, 0))


def policies_carrying(line: Line, context: CheckContext) -> tuple[PolicyFacts, ...]:
    """Return the policies that carry the line; employers' liability comes with workers' compensation or stop gap."""
    by_line = context.facts.by_line
    if line != Line.EL:
        return by_line.get(line, ())
    gaps = (policy for policy in context.facts.policies if is_stop_gap(policy))
    return (*by_line.get(Line.WC, ()), *by_line.get(Line.EL, ()), *gaps)


def primaries_in_force(line: Line, rule: EvidenceRule, context: CheckContext) -> list[PolicyFacts]:
    """Return the policies of a line on which a layer may sit: in force, or possibly, and of this contractor."""
    return [
        policy
        for policy in policies_carrying(line, context)
        if policy.counts_for(context.work)
        and term_check(policy, rule, context).outcome is not Outcome.FAIL
        and insured_check(policy, rule, context).outcome is not Outcome.FAIL
    ]
