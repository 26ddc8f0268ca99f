"""Stored standings: replaced in place, seen by generation, and never older than what is seen."""
# ruff: noqa: D102, SIM300  # the name of a test is its claim, and the expected value stands first

from __future__ import annotations

from datetime import date

import pytest

from contractor_compliance.domain import ReasonCode
from contractor_compliance.errors import ConflictError, InvalidValueError
from contractor_compliance.results import InsuranceStatus, StandingRow, Verdict
from contractor_compliance.storage import Query, Store, UnboundStore
from contractor_compliance.testing import factories as make
from contractor_compliance.testing.contract.base import Contract
from contractor_compliance.testing.contract.promises import promise
from contractor_compliance.testing.contract.steps import (
    CONTRACTOR,
    commit,
    contractor_key,
    current,
    found,
    row,
    settle,
    update,
    walk,
)

__all__ = ["StandingsContract"]

DAY = date(2026, 6, 1)
NEXT_DAY = date(2026, 6, 2)
BAD = Verdict.NON_COMPLIANT
GOOD = Verdict.COMPLIANT


def standings(store: Store, on: date | None = DAY) -> dict[str, StandingRow | None]:
    """Return what pages show as the standing of each contractor on a day."""
    return {item.key.id: item.standing for items in walk(store, Query(on=on)) for item in items}


def verdict(store: Store, on: date = DAY, contractor_id: str = CONTRACTOR.id) -> Verdict | None:
    """Return what pages show as the verdict of a contractor on a day."""
    standing = standings(store, on)[contractor_id]
    return None if standing is None else standing.verdict


class StandingsContract(Contract):
    """Promise 14, and the standings that pages show."""

    # What is stored is shown

    @promise(14, 25)
    def test_a_page_shows_the_row_that_holds_the_day(self, store: Store) -> None:
        rows = (row(end=DAY, verdict=GOOD), row(start=DAY, end=NEXT_DAY, verdict=BAD), row(start=NEXT_DAY))
        settle(store, standings=[update(*rows)])

        assert [rows[0], rows[1], rows[2]] == [
            standings(store, day)[CONTRACTOR.id] for day in (date(2026, 5, 31), DAY, NEXT_DAY)
        ]

    @promise(14, 25)
    def test_the_first_and_the_last_day_of_the_calendar_have_a_standing(self, store: Store) -> None:
        rows = (row(end=DAY), row(start=DAY, verdict=BAD))
        settle(store, standings=[update(*rows)])

        assert [rows[0], rows[1]] == [standings(store, day)[CONTRACTOR.id] for day in (date.min, date.max)]

    @promise(14, 22)
    def test_a_row_comes_back_equal_to_what_was_stored(self, store: Store) -> None:
        whole = row(
            verdict=Verdict.COMPLIANT_WITH_EXCEPTIONS,
            insurance=InsuranceStatus.PARTLY_INSURED,
            worst_requirement="requirement \u00e9 \U0001f477",
            reasons=(ReasonCode.MISSING, ReasonCode.EXPIRED),
            rulebook_id="Rulebook '1'",
            rulebook_version=12_345,
        )
        settle(store, standings=[update(whole)])

        assert whole == standings(store)[CONTRACTOR.id]

    @promise(14, 25)
    @pytest.mark.parametrize("each", list(Verdict))
    def test_every_verdict_can_be_stored(self, store: Store, each: Verdict) -> None:
        settle(store, standings=[update(row(verdict=each))])

        assert each is verdict(store)

    @promise(14, 25)
    @pytest.mark.parametrize("each", list(InsuranceStatus))
    def test_every_insurance_status_can_be_stored(self, store: Store, each: InsuranceStatus) -> None:
        settle(store, standings=[update(row(insurance=each))])
        standing = standings(store)[CONTRACTOR.id]

        assert each is (standing.insurance_status if standing is not None else None)

    @promise(14, 25)
    def test_a_day_on_which_no_row_stands_has_no_standing(self, store: Store) -> None:
        settle(store, standings=[update(row(start=DAY, end=NEXT_DAY))])

        assert [None, None] == [standings(store, day)[CONTRACTOR.id] for day in (date(2026, 5, 31), NEXT_DAY)]

    @promise(25)
    def test_a_page_without_a_day_shows_no_standing(self, store: Store) -> None:
        settle(store, standings=[update(row())])

        assert {CONTRACTOR.id: None} == standings(store, None)

    @promise(14, 25)
    def test_a_contractor_without_rows_has_no_standing(self, store: Store) -> None:
        settle(store)

        assert {CONTRACTOR.id: None} == standings(store)

    @promise(14)
    def test_a_contractor_that_is_put_in_the_same_commit_may_have_its_standing(self, store: Store) -> None:
        found(store)
        commit(store, make.contractor(id="contractor-2"), standings=[update(row("contractor-2"))])

        assert {"contractor-2": row("contractor-2")} == standings(store)

    # Replaced in place

    @promise(14)
    def test_new_rows_take_the_place_of_all_earlier_ones(self, store: Store) -> None:
        settle(store, standings=[update(row(end=DAY), row(start=DAY, end=NEXT_DAY), row(start=NEXT_DAY))])
        commit(store, standings=[update(row(start=DAY, end=NEXT_DAY, verdict=BAD))])

        assert [None, BAD, None] == [verdict(store, day) for day in (date(2026, 5, 31), DAY, NEXT_DAY)]

    @promise(14)
    def test_no_rows_take_the_place_of_earlier_ones(self, store: Store) -> None:
        settle(store, standings=[update(row())])
        commit(store, standings=[update()])

        assert {CONTRACTOR.id: None} == standings(store)

    @promise(14)
    def test_the_rows_of_other_contractors_stay(self, store: Store) -> None:
        settle(store, standings=[update(row())])
        commit(store, make.contractor(id="contractor-2"), standings=[update(row("contractor-2", verdict=BAD))])

        assert {"contractor-1": row(), "contractor-2": row("contractor-2", verdict=BAD)} == standings(store)

    @promise(14)
    def test_rows_stay_when_the_contractor_changes(self, store: Store) -> None:
        settle(store, standings=[update(row())])
        commit(store, make.contractor(legal_name="Renamed Rigging LLC"), make.gl_policy())

        assert {CONTRACTOR.id: row()} == standings(store)

    @promise(14)
    def test_standings_are_for_contractors_that_are_there(self, store: Store) -> None:
        settle(store)

        with pytest.raises(InvalidValueError):
            commit(store, standings=[update(row("contractor-9"))], expects={contractor_key("contractor-9"): 0})

    # Generations

    @promise(14)
    def test_the_first_generation_seen_is_zero(self, store: Store) -> None:
        settle(store)

        assert 0 == store.head().generation

    @promise(14)
    def test_rows_of_a_later_generation_wait_unseen(self, store: Store) -> None:
        settle(store, standings=[update(row())])
        commit(store, standings=[update(row(verdict=BAD), generation=1)])

        assert (GOOD, 0) == (verdict(store), store.head().generation)

    @promise(14, 25)
    def test_filters_do_not_see_rows_that_wait(self, store: Store) -> None:
        settle(store, standings=[update(row())])
        commit(store, standings=[update(row(verdict=BAD), generation=1)])

        assert (0, 1) == (
            store.count(Query(on=DAY, verdicts=frozenset({BAD}))),
            store.count(Query(on=DAY, verdicts=frozenset({GOOD}))),
        )

    @promise(14)
    def test_a_switch_shows_the_rows_that_waited(self, store: Store) -> None:
        settle(store, standings=[update(row())])
        commit(store, standings=[update(row(verdict=BAD), generation=1)])
        commit(store, switch_to=1)

        assert (BAD, 1) == (verdict(store), store.head().generation)

    @promise(14)
    def test_rows_may_come_with_the_switch_to_them(self, store: Store) -> None:
        settle(store, standings=[update(row())])
        commit(store, standings=[update(row(verdict=BAD), generation=1)], switch_to=1)

        assert BAD is verdict(store)

    @promise(14)
    def test_a_commit_that_does_not_switch_keeps_the_generation(self, store: Store) -> None:
        settle(store)
        commit(store, switch_to=3)
        commit(store, make.client())

        assert 3 == store.head().generation

    @promise(14)
    def test_who_has_no_rows_of_the_generation_is_seen_with_the_latest_before_it(self, store: Store) -> None:
        settle(store, standings=[update(row(verdict=BAD))])
        commit(store, standings=[update(row(verdict=Verdict.UNDETERMINED), generation=2)])
        commit(store, standings=[update(row(verdict=GOOD), generation=5)])
        seen = []
        for generation in (1, 2, 4, 5, 9):
            commit(store, switch_to=generation)
            seen.append(verdict(store))

        assert [BAD, Verdict.UNDETERMINED, Verdict.UNDETERMINED, GOOD, GOOD] == seen

    @promise(14)
    def test_each_contractor_falls_back_for_itself(self, store: Store) -> None:
        settle(store, standings=[update(row(verdict=BAD))])
        commit(store, make.contractor(id="contractor-2"), standings=[update(row("contractor-2", verdict=BAD))])
        commit(store, standings=[update(row("contractor-2"), generation=1)], switch_to=1)

        assert (BAD, GOOD) == (verdict(store), verdict(store, DAY, "contractor-2"))

    @promise(14)
    def test_to_have_no_rows_in_a_generation_can_be_said(self, store: Store) -> None:
        settle(store, standings=[update(row())])
        commit(store, standings=[update(generation=1)], switch_to=1)

        assert {CONTRACTOR.id: None} == standings(store)

    @promise(14)
    def test_rows_that_wait_can_be_replaced(self, store: Store) -> None:
        settle(store)
        commit(store, standings=[update(row(verdict=BAD), generation=1)])
        commit(store, standings=[update(row(verdict=GOOD), generation=1)])
        commit(store, switch_to=1)

        assert GOOD is verdict(store)

    @promise(14)
    def test_rows_of_two_generations_can_come_in_one_commit(self, store: Store) -> None:
        settle(store, standings=[update(row(verdict=BAD)), update(row(verdict=GOOD), generation=1)])
        before = verdict(store)
        commit(store, switch_to=1)

        assert (BAD, GOOD) == (before, verdict(store))

    @promise(14)
    def test_rows_of_an_earlier_generation_are_refused(self, store: Store) -> None:
        settle(store)
        commit(store, switch_to=2)

        with pytest.raises(ConflictError):
            commit(store, standings=[update(row(), generation=1)])

    @promise(14)
    def test_a_switch_to_an_earlier_generation_is_refused(self, store: Store) -> None:
        settle(store)
        commit(store, switch_to=2)

        with pytest.raises(ConflictError):
            commit(store, switch_to=1)

    @promise(14)
    def test_what_was_refused_as_earlier_is_not_stored(self, store: Store) -> None:
        settle(store, standings=[update(row(), generation=2)], switch_to=2)
        with pytest.raises(ConflictError):
            commit(store, make.client(name="Other"), standings=[update(row(verdict=BAD), generation=1)])

        assert (GOOD, 1) == (verdict(store), store.head().sequence)

    @promise(14)
    def test_the_generation_that_is_seen_can_be_replaced(self, store: Store) -> None:
        settle(store, standings=[update(row(), generation=2)], switch_to=2)
        commit(store, standings=[update(row(verdict=BAD), generation=2)], switch_to=2)

        assert BAD is verdict(store)

    @promise(14, 8)
    def test_a_standing_is_no_new_version_of_its_contractor(self, store: Store) -> None:
        settle(store)
        before = current(store, CONTRACTOR)
        commit(store, standings=[update(row())])

        assert (before, 1) == (current(store, CONTRACTOR), len(store.history([CONTRACTOR])[0]))

    @promise(14, 30)
    def test_the_generation_belongs_to_one_company(self, store: Store, unbound: UnboundStore) -> None:
        other = unbound.for_company("company-2")
        for each in (store, other):
            settle(each, standings=[update(row()), update(row(verdict=BAD), generation=2)])
        commit(store, switch_to=2)

        assert [(2, BAD), (0, GOOD)] == [(each.head().generation, verdict(each)) for each in (store, other)]
