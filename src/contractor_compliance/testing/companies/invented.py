"""The invented company itself: its records by number, and as the commits that bring them into a store."""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from itertools import chain, islice
from typing import Any

import attrs

from contractor_compliance.domain import Address, Contractor, Dossier, ReviewStatus, State, Value, WaiverState
from contractor_compliance.domain.calendar import as_day, plain_day
from contractor_compliance.errors import Fault, InvalidValueError
from contractor_compliance.evaluation import standing
from contractor_compliance.storage import FACTS, Changes, Expectation, Key, Kind, Put, StandingUpdate, key_of, put
from contractor_compliance.testing.companies.contractors import begin, exemption_in, waiver_of
from contractor_compliance.testing.companies.draws import shares
from contractor_compliance.testing.companies.office import ACTOR, Office
from contractor_compliance.testing.companies.policies import draw_policies

__all__ = ["VERSION", "Correction", "Invented", "invented_company"]

#: Counts up whenever the same seed gives other records.
VERSION = 4
#: How often contractors are corrected: one in four is, and few more than once.
_TIMES = shares(int, "0 75, 1 17, 2 4, 3 4")
#: All that is known of one contractor, by field of a dossier.
_Records = dict[str, tuple[Any, ...]]


def invented_company(*, contractors: int = 1_000, seed: int = 7, today: date = date(2026, 7, 1)) -> Invented:
    """Return an invented company: the same records for the same seed and day on every machine.

    Args:
        contractors: How many contractors it has, 1 to 1,000,000. It changes nothing about any one of them.
        seed: Any whole number.
        today: The day around which its days cluster, from 2000 to 2999.

    Raises:
        InvalidValueError: If the number of contractors or the day lies outside its bounds.
    """
    faults = []
    if type(contractors) is not int or not 1 <= contractors <= 1_000_000:
        faults.append(Fault("$.contractors", repr(contractors), "must be a whole number from 1 to 1,000,000"))
    if type(seed) is not int:
        faults.append(Fault("$.seed", repr(seed), "must be a whole number"))
    if as_day(today) is None or not 2000 <= today.year <= 2999:
        faults.append(Fault("$.today", repr(today), "must be a day from 2000-01-01 to 2999-12-31"))
    if faults:
        raise InvalidValueError("invented_company", tuple(faults))
    return Invented(contractors=contractors, seed=seed, today=plain_day(today))


@attrs.frozen(kw_only=True, eq=False, repr=False)
class Invented(Office):
    """An invented company. Contractors are made when they are asked for, and none is kept.

    Attributes:
        seed: The seed.
        today: The day around which its days cluster.
        contractors: How many contractors it has.
    """

    contractors: int

    def __repr__(self) -> str:
        return f"invented_company(contractors={self.contractors}, seed={self.seed}, today={self.today!r})"

    def contractor(self, index: int) -> Dossier:
        """Return all that is known at first of a contractor, made from the seed and its number alone.

        Raises:
            IndexError: If the number is not from 0 up to and not including `contractors`.
        """
        *_, (first, *_) = self._history(index)
        return self.dossier(first)

    def corrections_of(self, index: int) -> tuple[Correction, ...]:
        """Return what becomes known of a contractor later, oldest first; of three in four nothing does.

        Raises:
            IndexError: If the number is not from 0 up to and not including `contractors`.
        """
        if not self._times(index):
            return ()
        corrections = [
            Correction(kind=kind, values=values, removes=removes, dossier=self.dossier(records))
            for records, kind, values, removes in self._history(index)
            if kind
        ]
        return tuple(reversed(corrections))

    def _history(self, index: int) -> Iterator[tuple[_Records, str, tuple[Any, ...], tuple[Key, ...]]]:
        """Yield what is known of a contractor, the latest first, each time with the correction that led to it."""
        times, draft = self._times(index), begin(self, index)
        draw_policies(draft)
        records: _Records = {
            "contractor": (draft.contractor,),
            "assignments": draft.assignments,
            "policies": tuple(draft.policies),
            "certificates": tuple(draft.certificates),
            "exemptions": tuple(exemption_in(draft, state) for state in draft.states if draft.is_exempt),
            "enrollments": draft.enrollments,
            "waivers": (waiver_of(draft),) if draft.chance.happens(50 if draft.missing else 2.5) else (),
        }
        for _ in range(times):
            _, kind, field, is_apt, changes = draft.chance.pick(_OFTEN)
            while not (values := [value for value in records[field] if is_apt(value, records)]):
                _, kind, field, is_apt, changes = draft.chance.pick(_OFTEN)
            after = draft.chance.pick(values)
            others = [value for value in records[field] if value is not after]
            if kind == "withdrawal":
                wrong = attrs.evolve(after, id=f"{after.id}x")
                yield records, kind, (), (key_of(wrong, records["contractor"][0].id),)
                others += [after, wrong]
            else:
                yield records, kind, (after,), ()
                others += [attrs.evolve(after, **changes)] if changes is not None else []
            records = {**records, field: tuple(sorted(others, key=lambda value: value.id))}
        yield records, "", (), ()

    def _times(self, index: int) -> int:
        """Return how often a contractor is corrected."""
        if not 0 <= index < self.contractors:
            raise IndexError(f"contractor {index} of {self.contractors:,}; the first is 0")
        return _TIMES[zlib.crc32(f"{self.seed}/{index}".encode()) % len(_TIMES)]

    def commits(self, batch: int = 1_000, *, standings: bool = False) -> Iterator[Changes]:
        """Yield what brings the company into an empty store, in order: first what it has once, then its contractors.

        Args:
            batch: How many contractors come in one commit.
            standings: Also carry each contractor's standing, at the cost of judging it.

        Raises:
            InvalidValueError: If the batch is not 1 or more.
        """
        batches = _batches(range(self.contractors), batch)
        return chain([self._founding()], (self._batch(0, indexes, standings=standings) for indexes in batches))

    def corrections(self, batch: int = 1_000, *, standings: bool = False) -> Iterator[Changes]:
        """Yield the later commits, to follow those of `commits`: each expects the version that the one before made.

        Every contractor's first correction comes before anyone's second.

        Args:
            batch: How many contractors are corrected in one commit.
            standings: Also carry the standing of each contractor corrected.

        Raises:
            InvalidValueError: If the batch is not 1 or more.
        """
        turns = [(turn, _batches(self._corrected(turn), batch)) for turn in range(1, max(_TIMES) + 1)]
        return (self._batch(turn, indexes, standings=standings) for turn, batches in turns for indexes in batches)

    def _corrected(self, times: int) -> Iterator[int]:
        return (index for index in range(self.contractors) if self._times(index) >= times)

    def _founding(self) -> Changes:
        values = (*self.clients, *self.job_codes, *self.carriers, *self.roles, *self.members, *self.rate_cards)
        puts = [put(value) for value in (self.company, self.rulebook, *values)]
        return self._changes("create_company", "company", puts, [Expectation(change.key, 0) for change in puts])

    def _batch(self, turn: int, indexes: Sequence[int], *, standings: bool) -> Changes:
        """Return what records some contractors, or their corrections of a turn; it expects them and what they share."""
        steps = [self.corrections_of(index)[turn - 1] if turn else self._first(index) for index in indexes]
        name = f"corrections/{turn}" if turn else "contractors"
        shared = dict.fromkeys((key_of(self.company), key_of(self.rulebook), Key(Kind.MEMBER, ACTOR)))
        puts, expects, rows = [], [], []
        for step in steps:
            dossier, owner = step.dossier, step.dossier.contractor.id
            shared |= dict.fromkeys(map(key_of, (*dossier.clients, *dossier.job_codes, *dossier.carriers)))
            puts += [put(value, None if isinstance(value, Contractor) else owner) for value in step.values]
            expects.append(Expectation(key_of(dossier.contractor), turn))
            if standings:
                rows.append(StandingUpdate(owner, standing(dossier, self.plan)))
        return self._changes(
            "correct_contractors" if turn else "add_contractors",
            f"{name}/{indexes[0]}-{indexes[-1]}",
            puts,
            expects + [Expectation(key, 1) for key in shared],
            standings=tuple(rows),
            removes=tuple(key for step in steps for key in step.removes),
        )

    def _first(self, index: int) -> Correction:
        dossier = self.contractor(index)
        facts = (fact for field in FACTS.values() for fact in getattr(dossier, field))
        return Correction(kind="", values=(dossier.contractor, *facts), dossier=dossier)

    def _changes(self, action: str, name: str, puts: list[Put], expects: list[Expectation], **more: Any) -> Changes:
        # The content follows from these alone, so they are digested in its place.
        request = json.dumps([VERSION, self.seed, self.today.isoformat(), name, bool(more.get("standings"))])
        return Changes(
            actor=ACTOR,
            action=action,
            key=f"invented/{self.seed}/{name}",
            fingerprint=hashlib.sha256(request.encode()).hexdigest(),
            response=json.dumps({"batch": name}),
            detail=json.dumps({"batch": name, "generator": VERSION}),
            puts=tuple(puts),
            expects=tuple(expects),
            **more,
        )


def _batches(indexes: Iterable[int], size: int) -> Iterator[list[int]]:
    if type(size) is not int or size < 1:
        raise InvalidValueError("batch", (Fault("$.batch", repr(size), "must be a whole number, 1 or more"),))
    rest = iter(indexes)
    return iter(lambda: list(islice(rest, size)), [])


@attrs.frozen(kw_only=True)
class Correction:
    """One later change of what is known of a contractor.

    Attributes:
        kind: What kind of change it is, in a word or two.
        values: What is recorded.
        removes: What was recorded in error.
        dossier: All that is known of the contractor then.
    """

    kind: str
    values: tuple[Value, ...] = ()
    removes: tuple[Key, ...] = ()
    dossier: Dossier


def _is_addition(value: Any, records: _Records) -> bool:
    """Whether this is the latest of several records of its kind, and no other record names it."""
    latest = [records[field][-1] for field in ("assignments", "policies") if len(records[field]) > 1]
    names = {fact.assignment_id for fact in (*records["policies"], *records["waivers"])}
    names |= {waiver.policy_id for waiver in records["waivers"]}
    return value in latest and value.id not in names


_IN_FORCE: dict[str, Any] = {"cancellations": (), "reinstatements": ()}
_UNREVIEWED = {"status": ReviewStatus.PENDING, "review": ()}
_WAITING = {"state": WaiverState.REQUESTED, "decided_by": None, "decided_at": None}
_FORMER = {"home_address": Address(state=State.TX, locality="Krevadine", postal_code="00000"), "phone": None}
#: How often each kind of correction is tried, the field of the dossier, to which values it can have happened, and how
#: they were before it; None if they were not recorded at all. The last kind can always have happened.
_EARLIER: tuple[tuple[int, str, str, Callable[[Any, _Records], object], dict[str, Any] | None], ...] = (
    (60, "late notice", "policies", lambda policy, _: policy.cancellations, _IN_FORCE),
    (90, "reinstatement", "policies", lambda policy, _: policy.reinstatements, {"reinstatements": ()}),
    (40, "waiver", "waivers", lambda waiver, _: waiver.state is WaiverState.GRANTED, _WAITING),
    (14, "enrollment", "enrollments", lambda opt_in, _: opt_in.events, {"events": ()}),
    (14, "review", "certificates", lambda certificate, _: certificate.status is ReviewStatus.FLAGGED, _UNREVIEWED),
    (4, "limit", "policies", lambda policy, _: policy.limits, {"limits": ()}),
    (12, "end of work", "assignments", lambda work, _: work.end, {"end": None}),
    (5, "renewal", "policies", _is_addition, None),
    (6, "new work", "assignments", _is_addition, None),
    (4, "withdrawal", "policies", lambda policy, records: policy is records["policies"][-1], {}),
    (4, "move", "contractor", lambda *_: True, _FORMER),
)
_OFTEN = tuple(way for way in _EARLIER for _ in range(way[0]))
