"""Pages: order, limits, cursors, counts."""
# ruff: noqa: D102, SIM300  # the name of a test is its claim, and the expected value stands first

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from contractor_compliance.domain import Address, State
from contractor_compliance.errors import CursorError, InvalidValueError
from contractor_compliance.storage import Kind, Order, Query, Store, UnboundStore
from contractor_compliance.testing import factories as make
from contractor_compliance.testing.contract.base import Contract
from contractor_compliance.testing.contract.promises import promise
from contractor_compliance.testing.contract.steps import (
    ANYTHING,
    COMPANY,
    commit,
    contractor_key,
    found,
    ids,
    listed,
    row,
    settle,
    update,
    version_of,
    walk,
)

__all__ = ["PagingContract"]

DAY = date(2026, 6, 1)
BY_ID = Query(order=Order.ID)
BY_CHANGE = Query(order=Order.NEXT_CHANGE, on=DAY)
ORDERS = {"name": ANYTHING, "id": BY_ID, "next_change": BY_CHANGE}
each_order = pytest.mark.parametrize("query", list(ORDERS.values()), ids=list(ORDERS))
FIVE = {"contractor-1": "Echo", "contractor-2": "delta", "contractor-3": "Charlie", "c-4": "bravo", "c-5": "Alpha"}


def record(store: Store, names: dict[str, str]) -> None:
    """Put contractors by id and name into a company, which is founded if it is not there yet."""
    if not store.head().sequence:
        found(store)
    commit(store, *(make.contractor(id=each, legal_name=name) for each, name in names.items()))


def record_ends(store: Store, ends: dict[str, date | None]) -> None:
    """Put contractors by id, each with the day on which its standing ends."""
    record(store, dict.fromkeys(ends, "Same"))
    commit(store, standings=[update(row(each, end=end)) for each, end in ends.items()])


def first_cursor(store: Store, query: Query = ANYTHING) -> str:
    """Return the cursor after the first item of a query."""
    cursor = store.page(query, 1).cursor
    assert cursor is not None, "the query finds no second item"
    return cursor


class PagingContract(Contract):
    """Promises 25 to 27."""

    # Order

    @promise(25)
    def test_names_are_ordered_without_regard_to_case(self, store: Store) -> None:
        record(store, FIVE)

        assert ["c-5", "c-4", "contractor-3", "contractor-2", "contractor-1"] == listed(store)

    @promise(25)
    def test_equal_names_are_ordered_by_id(self, store: Store) -> None:
        record(store, {"c": "SAME", "b": "same", "a": "Same", "C": "Same"})

        assert ["C", "a", "b", "c"] == listed(store)

    @promise(25)
    def test_names_are_ordered_by_their_code_points(self, store: Store) -> None:
        names = ["Z", "a", "_", "\u00e9", "e", "f", "\U0001f477", "\uff5a", "10", "9", "a b", "a-b", "ab", "a "]
        record(store, {str(number): name for number, name in enumerate(names)})
        by_code_point = sorted(range(len(names)), key=lambda number: names[number].casefold())

        assert [str(number) for number in by_code_point] == listed(store)

    @promise(25)
    def test_sharp_s_is_ordered_as_it_is_folded(self, store: Store) -> None:
        record(store, {"1": "stra\u00dfe", "2": "STRASSE", "3": "strast", "4": "strasr"})

        assert ["4", "1", "2", "3"] == listed(store)

    @promise(25)
    def test_names_that_begin_with_the_same_200_characters_are_ordered_by_id(self, store: Store) -> None:
        same = "\U0001f477" * 200
        record(store, {"b": f"{same}1", "a": f"{same}2", "c": same})

        assert ["a", "b", "c"] == [each for items in walk(store, limit=1) for each in ids(items)]

    @promise(25)
    def test_ids_are_ordered_by_their_code_points(self, store: Store) -> None:
        names = ["b", "B", "a", "\u00e9", "\U0001f477", "\uff5a", "10", "9", "a b", "a-b", "ab", "_", "e"]
        record(store, dict.fromkeys(names, "Same"))

        assert sorted(names) == listed(store, order=Order.ID)

    @promise(25)
    def test_the_next_change_orders_by_its_day_and_none_comes_last(self, store: Store) -> None:
        record_ends(store, {"a": None, "b": date(2027, 1, 1), "c": date(2026, 6, 2), "d": date(9999, 12, 31)})
        record(store, {"0": "Without standing"})

        assert ["c", "b", "d", "0", "a"] == listed(store, order=Order.NEXT_CHANGE, on=DAY)

    @promise(25)
    def test_equal_days_of_change_are_ordered_by_id(self, store: Store) -> None:
        record_ends(store, {"c": date(2027, 1, 1), "a": date(2027, 1, 1), "B": date(2027, 1, 1), "z": None, "Y": None})

        assert ["B", "a", "c", "Y", "z"] == listed(store, order=Order.NEXT_CHANGE, on=DAY)

    @promise(25)
    def test_a_renamed_value_moves_to_its_new_place(self, store: Store) -> None:
        record(store, FIVE)
        record(store, {"c-5": "Zulu"})

        assert ["c-4", "contractor-3", "contractor-2", "contractor-1", "c-5"] == listed(store)

    # Pages

    @promise(25)
    @each_order
    @pytest.mark.parametrize("limit", [1, 2, 3, 4, 5, 6, 1000])
    def test_the_pages_together_list_everything_once_and_in_order(self, store: Store, query: Query, limit: int) -> None:
        record_ends(store, {"a": None, "b": DAY.replace(year=2027), "C": None, "d": None, "e": date(2026, 7, 1)})
        record(store, dict(zip("abCde", ("Same", "same", "Other", "SAME", "Zulu"), strict=True)))
        pages = walk(store, query, limit)

        assert (ids(store.page(query, 1000).items), limit) == (
            [each for items in pages for each in ids(items)],
            max(limit, *map(len, pages)),
        )

    @promise(25)
    def test_all_pages_but_the_last_are_full(self, store: Store) -> None:
        record(store, FIVE)

        assert [2, 2, 1] == [len(items) for items in walk(store, limit=2)]

    @promise(25)
    def test_the_last_page_has_no_cursor_though_it_is_full(self, store: Store) -> None:
        record(store, FIVE)

        assert (None, None) == (store.page(ANYTHING, 5).cursor, store.page(ANYTHING, 1000).cursor)

    @promise(25)
    def test_a_page_that_is_not_the_last_has_a_cursor(self, store: Store) -> None:
        record(store, FIVE)

        assert store.page(ANYTHING, 4).cursor is not None

    @promise(25)
    def test_many_items_are_paged_through(self, store: Store) -> None:
        numbers = [f"{number:03}" for number in range(120)]
        record(store, dict.fromkeys(numbers, "Same"))

        assert numbers == [each for items in walk(store, limit=7) for each in ids(items)]

    @promise(25)
    def test_the_limit_may_change_from_page_to_page(self, store: Store) -> None:
        record(store, FIVE)
        first = store.page(BY_ID, 1)
        second = store.page(BY_ID, 3, first.cursor)

        assert (["c-4"], ["c-5", "contractor-1", "contractor-2"]) == (ids(first.items), ids(second.items))

    @promise(25)
    def test_a_cursor_can_be_used_again_and_by_another_handle(self, store: Store, unbound: UnboundStore) -> None:
        record(store, FIVE)
        cursor = first_cursor(store)
        pages = [each.page(ANYTHING, 2, cursor) for each in (store, store, unbound.for_company(COMPANY))]

        assert [["c-4", "contractor-3"]] * 3 == [ids(page.items) for page in pages]

    @promise(25)
    @pytest.mark.parametrize("limit", [1, 1000])
    def test_a_page_may_hold_from_one_to_a_thousand(self, store: Store, limit: int) -> None:
        record(store, FIVE)

        assert min(limit, 5) == len(store.page(ANYTHING, limit).items)

    @promise(25)
    @pytest.mark.parametrize("limit", [0, -1, 1001, 10**12])
    def test_a_page_of_another_size_is_refused(self, store: Store, limit: int) -> None:
        record(store, FIVE)

        with pytest.raises(InvalidValueError):
            store.page(ANYTHING, limit)

    # Commits between two pages

    @promise(25)
    @pytest.mark.parametrize("name", ["Aaa", "Alpha", "Bravo", "Bravo 2", "Zulu"])
    def test_what_is_there_throughout_is_listed_once_though_others_arrive(self, store: Store, name: str) -> None:
        record(store, FIVE)
        first = store.page(ANYTHING, 2)
        record(store, {"new-1": name, "AAA": name, "zzz": name})
        rest = store.page(ANYTHING, 1000, first.cursor)
        seen = [each for each in ids([*first.items, *rest.items]) if each in FIVE]

        assert ["c-5", "c-4", "contractor-3", "contractor-2", "contractor-1"] == seen

    @promise(25)
    @pytest.mark.parametrize("name", ["Aaa", "Bravo 2", "Zulu"])
    def test_the_item_that_a_cursor_leads_on_from_may_be_renamed(self, store: Store, name: str) -> None:
        record(store, FIVE)
        first = store.page(ANYTHING, 2)
        record(store, {"c-4": name})
        rest = store.page(ANYTHING, 1000, first.cursor)

        assert ["contractor-3", "contractor-2", "contractor-1"] == [each for each in ids(rest.items) if each != "c-4"]

    @promise(25)
    def test_what_no_longer_meets_the_query_is_not_listed_on_a_later_page(self, store: Store) -> None:
        record(store, FIVE)
        query = Query(home_states=frozenset({State.AL}))
        first = store.page(query, 2)
        commit(store, make.contractor(id="contractor-2", legal_name="delta", home_address=Address(state=State.TX)))

        assert ["contractor-3", "contractor-1"] == ids(store.page(query, 10, first.cursor).items)

    @promise(25)
    def test_what_arrives_after_the_cursor_is_listed_on_a_later_page(self, store: Store) -> None:
        record(store, FIVE)
        first = store.page(ANYTHING, 2)
        record(store, {"new": "Cosmos"})

        assert ["contractor-3", "new", "contractor-2", "contractor-1"] == ids(
            store.page(ANYTHING, 10, first.cursor).items
        )

    @promise(25)
    def test_versions_on_a_later_page_are_those_of_then(self, store: Store) -> None:
        record(store, FIVE)
        first = store.page(ANYTHING, 4)
        record(store, {"contractor-1": "Echo"})
        (item,) = store.page(ANYTHING, 10, first.cursor).items

        assert (2, version_of(store, contractor_key("contractor-1"))) == (
            item.version,
            version_of(store, item.key),
        )

    @promise(25)
    def test_a_page_after_the_last_item_is_empty(self, store: Store) -> None:
        record(store, {"a": "Alpha", "b": "Bravo"})
        query = Query(home_states=frozenset({State.AL}))
        cursor = first_cursor(store, query)
        commit(store, make.contractor(id="b", home_address=Address(state=State.TX)))
        page = store.page(query, 10, cursor)

        assert ((), None) == (page.items, page.cursor)

    # Cursors

    @promise(27)
    @pytest.mark.parametrize(
        "cursor",
        ["", " ", "x", "AAAA", "%%%", "\u00e9", "\U0001f477", "eyJ9", "null", "W10", "bnVsbA", "1", "x" * 5000],
    )
    def test_a_cursor_that_is_made_up_is_refused(self, store: Store, cursor: str) -> None:
        record(store, FIVE)

        with pytest.raises(CursorError):
            store.page(ANYTHING, 2, cursor)

    @promise(27)
    def test_a_cursor_with_something_added_is_refused(self, store: Store) -> None:
        record(store, FIVE)
        cursor = first_cursor(store)

        with pytest.raises(CursorError):
            store.page(ANYTHING, 2, f"{cursor}!")

    @promise(27)
    def test_a_cursor_that_was_cut_off_is_refused(self, store: Store) -> None:
        record(store, FIVE)
        cursor = first_cursor(store)

        with pytest.raises(CursorError):
            store.page(ANYTHING, 2, cursor[: len(cursor) // 2])

    @promise(27)
    @pytest.mark.parametrize(
        "parts",
        [
            {"order": Order.ID},
            {"kind": Kind.CLIENT},
            {"on": DAY},
            {"on": DAY, "order": Order.NEXT_CHANGE},
            {"text": "echo"},
            {"email": "pat@example.com"},
            {"home_states": frozenset({State.AL})},
            {"work_states": frozenset({State.AL})},
            {"job_code_ids": frozenset({"RIG-1"})},
            {"client_ids": frozenset({"client-1"})},
            {"insurers": frozenset({"99901"})},
        ],
        ids=["order", "kind", "on", "change", "text", "email", "home", "work", "job_code", "client", "insurer"],
    )
    def test_a_cursor_of_another_query_is_refused(self, store: Store, parts: dict[str, Any]) -> None:
        record(store, FIVE)
        cursor = first_cursor(store)

        with pytest.raises(CursorError):
            store.page(Query(**parts), 2, cursor)

    @promise(27, 30)
    def test_a_cursor_of_another_company_is_refused(self, store: Store, unbound: UnboundStore) -> None:
        other = unbound.for_company("company-2")
        for each in (store, other):
            record(each, FIVE)

        with pytest.raises(CursorError):
            store.page(ANYTHING, 2, first_cursor(other))

    @promise(27, 30)
    def test_a_cursor_is_refused_by_a_company_that_is_not_there(self, store: Store, unbound: UnboundStore) -> None:
        record(store, FIVE)

        with pytest.raises(CursorError):
            unbound.for_company("company-9").page(ANYTHING, 2, first_cursor(store))

    @promise(27)
    def test_a_cursor_of_an_equal_query_is_good(self, store: Store) -> None:
        record(store, FIVE)
        states = [State.AL, State.TX, State.WA]
        cursor = first_cursor(store, Query(home_states=frozenset(states)))

        assert 4 == len(store.page(Query(home_states=frozenset(reversed(states))), 10, cursor).items)

    # Counts

    @promise(26)
    @pytest.mark.parametrize(
        "query",
        [
            ANYTHING,
            BY_ID,
            BY_CHANGE,
            Query(text="a"),
            Query(text="nobody"),
            Query(home_states=frozenset({State.TX})),
            Query(kind=Kind.CLIENT),
            Query(kind=Kind.MEMBER),
        ],
        ids=["all", "by_id", "by_change", "text", "nobody", "home", "clients", "members"],
    )
    def test_the_count_is_the_number_of_items_on_all_pages(self, store: Store, query: Query) -> None:
        settle(store)
        record(store, FIVE)
        commit(store, make.contractor(id="c-4", home_address=Address(state=State.TX)), make.client(id="client-2"))

        assert sum(map(len, walk(store, query, 2))) == store.count(query)

    @promise(26)
    def test_a_count_is_of_values_and_not_of_versions(self, store: Store) -> None:
        record(store, FIVE)
        record(store, FIVE)

        assert 5 == store.count(ANYTHING)

    @promise(26)
    def test_a_count_goes_beyond_the_size_of_a_page(self, store: Store) -> None:
        record(store, {f"contractor-{number}": "Same" for number in range(1001)})

        assert (1001, 1000) == (store.count(ANYTHING), len(store.page(ANYTHING, 1000).items))
