"""The time of record, what was known at an instant, and that no answer about an instant ever changes."""
# ruff: noqa: D102, SIM300  # the name of a test is its claim, and the expected value stands first

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from contractor_compliance.errors import FutureInstantError, InvalidValueError
from contractor_compliance.storage import Store, UnboundStore
from contractor_compliance.testing import factories as make
from contractor_compliance.testing.clock import FrozenClock
from contractor_compliance.testing.contract.base import Contract, table
from contractor_compliance.testing.contract.promises import promise
from contractor_compliance.testing.contract.steps import (
    ASSIGNMENT,
    COMPANY,
    COMPANY_KEY,
    CONTRACTOR,
    HOUR,
    POLICY,
    TICK,
    client_key,
    commit,
    current,
    found,
    head_time,
    name_of,
    rename,
    settle,
)

__all__ = ["TimesContract"]

#: An instant that no clock of whole milliseconds, and no binary fraction of a second, can say.
ODD = datetime(2026, 7, 1, 12, 34, 56, 123457, tzinfo=UTC)
Read = Callable[[Store, datetime | None], Any]
READS: dict[str, Read] = {
    "get": lambda store, known_at: store.get([client_key(), CONTRACTOR, POLICY], known_at),
    "dossiers": lambda store, known_at: store.dossiers([CONTRACTOR.id], known_at),
}
each_read = table("read", READS)


class TimesContract(Contract):
    """Promises 9 and 17 to 19."""

    # The time of record

    @promise(9)
    def test_every_time_of_record_is_exactly_that_of_the_clock(self, store: Store, clock: FrozenClock) -> None:
        clock.set(ODD)
        committed, receipt = commit(store, make.company(), key="key-a"), store.receipt("key-a")
        (entry,), (history,) = store.audit(0, 1), store.history([COMPANY_KEY])
        records = [committed, receipt, store.head(), current(store, COMPANY_KEY), history[0], entry]
        assert [(ODD, timedelta(0))] * 6 == [
            (record.recorded_at, record.recorded_at.utcoffset()) for record in records if record and record.recorded_at
        ]

    @promise(9)
    @table("step", {"forward": TICK, "not_at_all": timedelta(0), "back": -HOUR})
    def test_commits_are_a_microsecond_apart_until_the_clock_is_past_the_head(
        self, founded: Store, clock: FrozenClock, step: timedelta
    ) -> None:
        first = head_time(founded)
        clock.set(clock() + step, backwards=True)
        instants = [commit(founded).recorded_at for _ in range(2)]
        later = clock.advance(hours=2)
        assert [first + TICK, first + 2 * TICK, later] == [*instants, commit(founded).recorded_at]

    @promise(9, 30)
    def test_companies_do_not_share_their_time_of_record(self, store: Store, other: Store, clock: FrozenClock) -> None:
        assert [clock(), clock()] == [found(handle).recorded_at for handle in (store, other)]

    @promise(9, 18)
    @each_read
    def test_past_or_refused_questions_delay_nothing(self, furnished: Store, clock: FrozenClock, read: Read) -> None:
        later = clock.advance(hours=2)
        read(furnished, head_time(furnished))
        with pytest.raises(FutureInstantError):
            read(furnished, later + HOUR)
        assert later == commit(furnished).recorded_at

    @promise(9, 19)
    @each_read
    def test_a_commit_is_recorded_after_all_questions(self, furnished: Store, clock: FrozenClock, read: Read) -> None:
        asked = clock.advance(hours=2)
        read(furnished, asked)
        read(furnished, asked - HOUR)
        clock.set(asked - HOUR, backwards=True)
        assert asked + TICK == commit(furnished).recorded_at

    # As known at an instant

    @promise(17)
    def test_a_value_is_known_from_the_very_microsecond_of_its_commit(self, store: Store, clock: FrozenClock) -> None:
        clock.set(ODD)
        settle(store)
        assert [None, "Sample Mills Corp"] == [name_of(store, ODD - TICK), name_of(store, ODD)]

    @promise(17)
    @each_read
    def test_nothing_was_known_before_the_first_commit(self, furnished: Store, read: Read) -> None:
        assert {None} == set(read(furnished, head_time(furnished) - HOUR))

    @promise(17)
    def test_a_version_is_known_from_its_instant_to_the_next(self, furnished: Store, clock: FrozenClock) -> None:
        first = head_time(furnished)
        second = rename(furnished, "Second").recorded_at  # a microsecond later
        clock.advance(seconds=1)
        third = rename(furnished, "Third").recorded_at
        later = clock.advance(seconds=1)
        assert ["Sample Mills Corp", "Second", "Second", "Third", "Third"] == [
            name_of(furnished, instant) for instant in (first, second, third - TICK, third, later)
        ]

    @promise(17)
    def test_a_read_without_an_instant_gives_the_current_values(self, furnished: Store, clock: FrozenClock) -> None:
        clock.set(clock() - HOUR, backwards=True)
        rename(furnished)
        assert "Renamed Mills Corp" == name_of(furnished)

    @promise(17)
    def test_a_dossier_as_known_at_an_instant_expects_the_versions_of_that_instant(self, furnished: Store) -> None:
        first = head_time(furnished)
        client, contractor = make.client(name="Renamed"), make.contractor(legal_name="Renamed Rigging LLC")
        company = make.company(name="Renamed Staffing Inc")
        commit(furnished, make.gl_policy(), contractor, client, company)
        (then,), (now,) = furnished.dossiers([CONTRACTOR.id], first), furnished.dossiers([CONTRACTOR.id])
        renamed = make.dossier(make.gl_policy(), client, contractor=contractor, company=company)
        assert [(make.dossier(carriers=()), {1}), (renamed, {1, 2})] == [
            (answer.dossier, {read.version for read in answer.expects}) for answer in (then, now) if answer
        ]

    @promise(17, 24)
    def test_an_answer_as_known_does_not_say_what_came_later(self, furnished: Store) -> None:
        first = head_time(furnished)
        rename(furnished)
        (record,) = furnished.get([client_key()], first)
        assert (1, first, None) == (record and (record.version, record.recorded_at, record.superseded_at))

    @promise(17)
    @each_read
    def test_an_instant_of_another_zone_is_the_same_instant(self, store: Store, clock: FrozenClock, read: Read) -> None:
        clock.set(ODD)
        settle(store)
        commit(store, make.client(name="Renamed Mills Corp"), make.gl_policy())
        assert read(store, ODD) == read(store, ODD.astimezone(timezone(timedelta(hours=-5))))

    @promise(17)
    def test_a_removed_fact_is_known_until_the_instant_of_its_removal(
        self, furnished: Store, clock: FrozenClock
    ) -> None:
        clock.advance(seconds=1)
        removed = commit(furnished, removes=[ASSIGNMENT]).recorded_at
        (before,), (after,) = (furnished.get([ASSIGNMENT], instant) for instant in (removed - TICK, removed))
        assert (make.assignment(), None) == (before and before.value, after)

    # Instants about which nothing can be said yet

    @promise(18)
    @each_read
    @table("step", {"clock_is_ahead": HOUR, "clock_was_put_back": -HOUR})
    def test_the_later_of_clock_and_head_is_the_last_instant_that_is_answered(
        self, furnished: Store, clock: FrozenClock, read: Read, step: timedelta
    ) -> None:
        latest = max(clock.set(clock() + step, backwards=True), head_time(furnished))
        assert read(furnished, None) == read(furnished, latest)
        with pytest.raises(FutureInstantError):
            read(furnished, latest + TICK)

    @promise(18)
    @each_read
    def test_an_instant_that_was_answered_is_refused_again_once_the_clock_was_put_back(
        self, furnished: Store, clock: FrozenClock, read: Read
    ) -> None:
        asked = clock.advance(hours=2)
        read(furnished, asked)
        clock.set(asked - HOUR, backwards=True)
        with pytest.raises(FutureInstantError):
            read(furnished, asked)

    @promise(18)
    @each_read
    def test_a_naive_instant_is_refused(self, furnished: Store, read: Read) -> None:
        with pytest.raises(InvalidValueError):
            read(furnished, head_time(furnished).replace(tzinfo=None))

    # An answer never changes

    @promise(19)
    @each_read
    @table("step", {"clock_is_put_back": -HOUR, "clock_stands_still": timedelta(0)})
    def test_an_answer_of_one_handle_is_not_changed_by_a_commit_of_another(
        self, furnished: Store, unbound: UnboundStore, clock: FrozenClock, read: Read, step: timedelta
    ) -> None:
        asked = clock.advance(hours=2)
        before = read(unbound.for_company(COMPANY), asked)
        clock.set(asked + step, backwards=True)
        commit(furnished, make.client(name="Renamed Mills Corp"), make.gl_policy())
        assert [before] * 2 == [read(handle, asked) for handle in (furnished, unbound.for_company(COMPANY))]

    @promise(19)
    @each_read
    def test_no_answer_is_changed_by_later_commits(self, furnished: Store, clock: FrozenClock, read: Read) -> None:
        answers = {}
        for step in (3, -2, 0, 1, -5):
            clock.set(clock() + timedelta(seconds=step), backwards=True)
            commit(furnished, make.client(name=f"Mills {step} Corp"), make.gl_policy(number=f"SAMPLE-{step}"))
            answers[head_time(furnished)] = read(furnished, head_time(furnished))
        commit(furnished, removes=[POLICY])
        assert answers == {instant: read(furnished, instant) for instant in answers}
