"""The invented company itself: its records by number, and as the commits that bring them into a store."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from datetime import date
from functools import cached_property
from itertools import islice
from typing import Any, TypeVar

import attrs

from contractor_compliance.domain import (
    Carrier,
    Client,
    Company,
    Contractor,
    Dossier,
    JobCode,
    Member,
    RateCard,
    Role,
    RuleBook,
    Value,
)
from contractor_compliance.errors import Fault, InvalidValueError
from contractor_compliance.evaluation import CompiledRuleBook, compile_rulebook, standing
from contractor_compliance.storage import FACTS, Changes, Expectation, Key, Kind, Put, StandingUpdate, key_of, put
from contractor_compliance.testing.companies.book import rule_book
from contractor_compliance.testing.companies.corrections import (
    MOST_CORRECTIONS,
    Correction,
    correction_count,
    corrections_of,
)
from contractor_compliance.testing.companies.dossiers import dossier_of
from contractor_compliance.testing.companies.office import ACTOR, Office, open_office, rate_cards

__all__ = ["VERSION", "Invented", "invented_company"]

T = TypeVar("T")

#: Counts up whenever the same seed gives other records.
VERSION = 1
_MOST = 1_000_000
_EARLIEST, _LATEST = date(2000, 1, 1), date(2999, 12, 31)


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
    if type(contractors) is not int or not 1 <= contractors <= _MOST:
        faults.append(Fault("$.contractors", repr(contractors), f"must be a whole number from 1 to {_MOST:,}"))
    if type(seed) is not int:
        faults.append(Fault("$.seed", repr(seed), "must be a whole number"))
    if type(today) is not date or not _EARLIEST <= today <= _LATEST:
        faults.append(Fault("$.today", repr(today), f"must be a day from {_EARLIEST} to {_LATEST}"))
    if faults:
        raise InvalidValueError("invented_company", tuple(faults))
    office = open_office(seed, today)
    book = rule_book(today)
    return Invented(
        contractors=contractors,
        office=office,
        rulebook=book,
        plan=compile_rulebook(book),
    )


@attrs.frozen(kw_only=True, eq=False, repr=False)
class Invented:
    """An invented company. Contractors are made when they are asked for, and none is kept.

    Attributes:
        contractors: How many contractors it has.
        rulebook: What it requires.
        plan: The same, compiled.
    """

    contractors: int
    rulebook: RuleBook
    plan: CompiledRuleBook
    _office: Office

    def __repr__(self) -> str:
        return f"invented_company(contractors={self.contractors}, seed={self.seed}, today={self.today!r})"

    @property
    def seed(self) -> int:
        """The seed."""
        return self._office.seed

    @property
    def today(self) -> date:
        """The day around which its days cluster."""
        return self._office.today

    @property
    def company(self) -> Company:
        """The company with its settings."""
        return self._office.company

    @property
    def clients(self) -> tuple[Client, ...]:
        """Its clients."""
        return self._office.clients

    @property
    def job_codes(self) -> tuple[JobCode, ...]:
        """Its job codes; one is proposed only and one retired."""
        return self._office.job_codes

    @property
    def carriers(self) -> tuple[Carrier, ...]:
        """The insurers that it knows, state funds included."""
        return self._office.carriers

    @property
    def roles(self) -> tuple[Role, ...]:
        """Its roles."""
        return self._office.roles

    @property
    def members(self) -> tuple[Member, ...]:
        """Its members, in every state."""
        return self._office.members

    @cached_property
    def rate_cards(self) -> tuple[RateCard, ...]:
        """What it has negotiated."""
        return rate_cards(self._office)

    def contractor(self, index: int) -> Dossier:
        """Return all that is known at first of a contractor, made from the seed and its number alone.

        Raises:
            IndexError: If the number is not from 0 up to and not including `contractors`.
        """
        self._check(index)
        return dossier_of(index, self._office)

    def corrections_of(self, index: int) -> tuple[Correction, ...]:
        """Return what becomes known of a contractor later, oldest first; of three in four nothing does.

        Raises:
            IndexError: If the number is not from 0 up to and not including `contractors`.
        """
        self._check(index)
        if not correction_count(self.seed, index):
            return ()
        return tuple(corrections_of(dossier_of(index, self._office), index, self._office))

    def _check(self, index: int) -> None:
        if not 0 <= index < self.contractors:
            raise IndexError(f"contractor {index} of {self.contractors:,}; the first is 0")

    def commits(self, batch: int = 1_000, *, standings: bool = False) -> Iterator[Changes]:
        """Yield what brings the company into an empty store, in order: first what it has once, then its contractors.

        Args:
            batch: How many contractors come in one commit.
            standings: Also carry each contractor's standing, at the cost of judging it.

        Raises:
            InvalidValueError: If the batch is not 1 or more.
        """
        _check_batch(batch)
        return self._commits(batch, standings=standings)

    def _commits(self, batch: int, *, standings: bool) -> Iterator[Changes]:
        once = self._once()
        yield self._changes("create_company", "company", puts=once, expects=[Expectation(each.key, 0) for each in once])
        for first in range(0, self.contractors, batch):
            last = min(first + batch, self.contractors) - 1
            dossiers = [dossier_of(index, self._office) for index in range(first, last + 1)]
            yield self._changes(
                "add_contractors",
                f"contractors/{first}-{last}",
                puts=[each for dossier in dossiers for each in _puts_of(dossier)],
                expects=self._read(dossiers, version=0),
                standings=self._standings(dossiers) if standings else (),
            )

    def corrections(self, batch: int = 1_000, *, standings: bool = False) -> Iterator[Changes]:
        """Yield the later commits, to follow those of `commits`: each expects the version that the one before made.

        Every contractor's first correction comes before anyone's second.

        Args:
            batch: How many contractors are corrected in one commit.
            standings: Also carry the standing of each contractor corrected.

        Raises:
            InvalidValueError: If the batch is not 1 or more.
        """
        _check_batch(batch)
        return self._corrections(batch, standings=standings)

    def _corrections(self, batch: int, *, standings: bool) -> Iterator[Changes]:
        for turn in range(1, MOST_CORRECTIONS + 1):
            wanted = (index for index in range(self.contractors) if correction_count(self.seed, index) >= turn)
            for indexes in _batches(wanted, batch):
                found = [self.corrections_of(index)[turn - 1] for index in indexes]
                dossiers = [each.dossier for each in found]
                yield self._changes(
                    "correct_contractors",
                    f"corrections/{turn}/{indexes[0]}-{indexes[-1]}",
                    puts=[_put_of(value, each.dossier.contractor.id) for each in found for value in each.values],
                    removes=[key for each in found for key in each.removes],
                    expects=self._read(dossiers, version=turn),
                    standings=self._standings(dossiers) if standings else (),
                    kinds=sorted({each.kind for each in found}),
                )

    def _once(self) -> tuple[Put, ...]:
        values: tuple[Value, ...] = (
            self.company,
            *self.clients,
            *self.job_codes,
            *self.carriers,
            self.rulebook,
            *self.roles,
            *self.members,
            *self.rate_cards,
        )
        return tuple(map(put, values))

    def _read(self, dossiers: list[Dossier], version: int) -> list[Expectation]:
        """Return what a decision about these contractors has read: each of them, and what they share."""
        shared: dict[Key, None] = {
            key_of(self.company): None,
            key_of(self.rulebook): None,
            Key(Kind.MEMBER, ACTOR): None,
        }
        for dossier in dossiers:
            for value in (*dossier.clients, *dossier.job_codes, *dossier.carriers):
                shared[key_of(value)] = None
        own = [Expectation(Key(Kind.CONTRACTOR, each.contractor.id), version) for each in dossiers]
        return own + [Expectation(key, 1) for key in shared]

    def _standings(self, dossiers: list[Dossier]) -> tuple[StandingUpdate, ...]:
        return tuple(StandingUpdate(each.contractor.id, standing(each, self.plan)) for each in dossiers)

    def _changes(
        self,
        action: str,
        name: str,
        *,
        puts: Iterable[Put],
        expects: Iterable[Expectation],
        removes: Iterable[Key] = (),
        standings: tuple[StandingUpdate, ...] = (),
        **detail: Any,
    ) -> Changes:
        request = [VERSION, self.seed, self.today.isoformat(), name, bool(standings)]
        told = {"batch": name, "generator": VERSION, **detail}
        return Changes(
            actor=ACTOR,
            action=action,
            key=f"invented/{self.seed}/{name}",
            # The content follows from these alone, so they are digested in its place.
            fingerprint=hashlib.sha256(json.dumps(request).encode()).hexdigest(),
            response=json.dumps({"batch": name}),
            detail=json.dumps(told),
            puts=tuple(puts),
            removes=tuple(removes),
            expects=tuple(expects),
            standings=standings,
        )


def _puts_of(dossier: Dossier) -> Iterator[Put]:
    """Yield what records a contractor with all its facts."""
    owner = dossier.contractor.id
    yield put(dossier.contractor)
    for field in FACTS.values():
        for value in getattr(dossier, field):
            yield put(value, owner)


def _put_of(value: Value, contractor_id: str) -> Put:
    return put(value, None if isinstance(value, Contractor) else contractor_id)


def _batches(items: Iterator[T], size: int) -> Iterator[list[T]]:
    while found := list(islice(items, size)):
        yield found


def _check_batch(batch: int) -> None:
    if type(batch) is not int or batch < 1:
        raise InvalidValueError("batch", (Fault("$.batch", repr(batch), "must be a whole number, 1 or more"),))
