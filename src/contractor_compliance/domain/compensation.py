"""What a source states of a workers' compensation policy beside its limits: its states, and who is excluded."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import attrs

from contractor_compliance.domain.evidence import Evidence
from contractor_compliance.domain.fields import SetOf, Stated, TupleOf, field
from contractor_compliance.domain.geography import State
from contractor_compliance.domain.labels import LabeledCode
from contractor_compliance.domain.value import Missing, Text, Value
from contractor_compliance.errors import Fault

__all__ = ["Exclusions", "StateList", "StateListKind", "StateNotice", "StatesCovered"]


class StateListKind(LabeledCode):
    """A list of states, or every state but those listed.

    Example:
        >>> from contractor_compliance.domain import State, StateList
        >>> all_but_ohio = StateList(kind=StateListKind.ALL_EXCEPT, states=frozenset({State.OH}))
        >>> State.AL in all_but_ohio, State.OH in all_but_ohio
        (True, False)
    """

    LISTED = "listed"
    ALL_EXCEPT = "all_except"


@attrs.frozen(kw_only=True)
class StateList(Value):
    """A list of states as policies write it: listed, or all except some (domain rule B6.3).

    Attributes:
        kind: How `states` is meant.
        states: The states named.

    Example:
        >>> from contractor_compliance.domain import State
        >>> listed = StateList(states=frozenset({State.AL, State.GA}))
        >>> State.GA in listed, State.FL in listed
        (True, False)
    """

    kind: StateListKind = StateListKind.LISTED
    states: frozenset[State] = field(default=frozenset(), converter=SetOf[State])

    def __contains__(self, state: State) -> bool:
        return (state in self.states) is (self.kind is StateListKind.LISTED)


@attrs.frozen(kw_only=True)
class StateNotice(Value):
    """Notice given to the insurer that work goes on in a state (domain rule B6.3).

    Attributes:
        state: The state.
        given_on: Day of the notice.

    Example:
        >>> from datetime import date
        >>> from contractor_compliance.domain import State, StatesCovered
        >>> from contractor_compliance.testing import factories
        >>> notice = StateNotice(state=State.GA, given_on=date(2026, 3, 2))
        >>> StatesCovered(notices=(notice,), evidence=factories.evidence()).notices[0].state.value
        'GA'
    """

    state: State
    given_on: date


@attrs.frozen(kw_only=True)
class StatesCovered(Value):
    """The states of a workers' compensation policy as one source lists them.

    Attributes:
        item_3a: States whose law the policy applies to from its first day.
        item_3c: Other states, for work that begins after the policy does.
        notices: Notices to the insurer of work in a state.
        evidence: Where this was read.

    Example:
        >>> from contractor_compliance.domain import State, StateList
        >>> from contractor_compliance.testing import factories
        >>> alabama = StateList(states=frozenset({State.AL}))
        >>> states = StatesCovered(item_3a=alabama, evidence=factories.evidence())
        >>> State.AL in states.item_3a, states.item_3c
        (True, <Missing.ABSENT: 'absent'>)
    """

    item_3a: StateList | Missing = field(default=Missing.ABSENT, converter=Stated[StateList])
    item_3c: StateList | Missing = field(default=Missing.ABSENT, converter=Stated[StateList])
    notices: tuple[StateNotice, ...] = field(default=(), converter=TupleOf[StateNotice])
    evidence: Evidence


@attrs.frozen(kw_only=True)
class Exclusions(Value):
    """Who is left out of a workers' compensation policy, as one source states it (domain rules B1.2, B6.11).

    Attributes:
        any_excluded: The certificate's question: is any owner excluded? A blank, or N/A, is absent: then an employee
            is covered all the same, and an owner only if named here as included, or by the law of the state
            (domain rule B14.18). N alone says that no owner is left out, at the level of its source.
        excluded: Ids or names of the people excluded.
        included: Ids or names of owners who elected to be covered.
        if_any: Issued with no payroll ("if any" or ghost policy): it covers nobody who owns the contractor.
        evidence: Where this was read.

    Example:
        >>> from contractor_compliance.testing import factories
        >>> exclusions = Exclusions(any_excluded=True, excluded=("person-1",), evidence=factories.evidence())
        >>> factories.wc_policy(exclusions=(exclusions,)).exclusions[0].excluded
        ('person-1',)
    """

    any_excluded: bool | Missing = field(default=Missing.ABSENT, converter=Stated[bool])
    excluded: tuple[Text, ...] = field(default=(), converter=TupleOf[Text])
    included: tuple[Text, ...] = field(default=(), converter=TupleOf[Text])
    if_any: bool = False
    evidence: Evidence

    def _faults(self) -> Iterator[Fault]:
        if self.excluded and self.any_excluded is False:
            yield Fault("$.any_excluded", "False", "contradicts the people listed as excluded")
        for name in sorted(set(self.excluded) & set(self.included)):
            yield Fault("$.included", repr(name), "is listed as excluded as well")
