"""Pages: order, limits, cursors, counts."""
# ruff: noqa: D102, SIM300  # the name of a test is its claim, and the expected value stands first

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

import pytest

from contractor_compliance.domain import Address, State
from contractor_compliance.errors import CursorError, InvalidValueError
from contractor_compliance.storage import Kind, Order, Query, Store, UnboundStore
from contractor_compliance.testing import factories as make
from contractor_compliance.testing.contract.base import Contract, table
from contractor_compliance.testing.contract.promises import promise
from contractor_compliance.testing.contract.steps import (
    ANYTHING,
    COMPANY,
    DAY,
    Parts,
    commit,
    contractor_key,
    found,
    ids,
    row,
    update,
    walk,
)

__all__ = ["PagingContract"]

BY_ID = Query(order=Order.ID)
BY_CHANGE = Query(order=Order.NEXT_CHANGE, on=DAY)
IN_ALABAMA = Query(home_states=frozenset({State.AL}))
FIVE = {"contractor-1": "Echo", "contractor-2": "delta", "contractor-3": "Charlie", "c-4": "bravo", "c-5": "Alpha"}
BY_NAME = ["c-5", "c-4", "contractor-3", "contractor-2", "contractor-1"]
_NAMES = ["Z", "a", "_", "\u00e9", "e", "f", "\U0001f477", "\uff5a", "10", "9", "a b", "a-b", "ab", "a "]
_IDS = ["b", "B", "a", "\u00e9", "\U0001f477", "\uff5a", "10", "9", "a b", "a-b", "ab", "_", "e"]
_LONG = "\U0001f477" * 200
_DAYS = {"c": date(2027, 1, 1), "a": date(2027, 1, 1), "B": date(2026, 6, 2), "d": date.max, "z": None, "Y": None}
#: A query, the names of contractors by id, the days on which standings end, if there are any, and the order.
ORDERS: dict[str, tuple[Query, dict[str, str], dict[str, date | None], list[str]]] = {
    "names_without_case": (ANYTHING, FIVE, {}, BY_NAME),
    "equal_names": (ANYTHING, {"c": "SAME", "b": "same", "a": "Same", "C": "Same"}, {}, ["C", "a", "b", "c"]),
    "code_points_of_names": (ANYTHING, {name: name for name in _NAMES}, {}, sorted(_NAMES, key=str.casefold)),
    "sharp_s": (ANYTHING, {"1": "stra\u00dfe", "2": "STRASSE", "3": "strast", "4": "strasr"}, {}, ["4", "1", "2", "3"]),
    "first_200_characters": (ANYTHING, {"b": f"{_LONG}1", "a": f"{_LONG}2", "c": _LONG}, {}, ["a", "b", "c"]),
    "code_points_of_ids": (BY_ID, dict.fromkeys(_IDS, "Same"), {}, sorted(_IDS)),
    "next_change": (BY_CHANGE, dict.fromkeys([*_DAYS, "0"], "Same"), _DAYS, ["B", "a", "c", "d", "0", "Y", "z"]),
}
#: Queries other than `ANYTHING`.
OTHER_QUERIES: dict[str, Parts] = {
    "order": {"order": Order.ID},
    "kind": {"kind": Kind.CLIENT},
    "day": {"on": DAY},
    "change": {"on": DAY, "order": Order.NEXT_CHANGE},
    "text": {"text": "echo"},
    "email": {"email": "pat@example.com"},
    "home": {"home_states": frozenset({State.AL})},
    "work": {"work_states": frozenset({State.AL})},
    "job_code": {"job_code_ids": frozenset({"RIG-1"})},
    "client": {"client_ids": frozenset({"client-1"})},
    "insurer": {"insurers": frozenset({"99901"})},
}
COUNTED: dict[str, Parts] = {
    "all": {},
    "texas": {"home_states": frozenset({State.TX})},
    "members": {"kind": Kind.MEMBER},
    **OTHER_QUERIES,
}
MADE_UP = ["", " ", "x", "AAAA", "%%%", "\u00e9", "\U0001f477", "eyJ9", "null", "W10", "bnVsbA", "1", "x" * 5000]


def record(store: Store, names: dict[str, str], ends: dict[str, date | None] | None = None) -> None:
    """Put contractors by id and name, and standings by the day on which they end."""
    commit(store, *(make.contractor(id=contractor_id, legal_name=name) for contractor_id, name in names.items()))
    commit(store, standings=[update(row(contractor_id, end=end)) for contractor_id, end in (ends or {}).items()])


def move(store: Store, contractor_id: str) -> None:
    """Move a contractor from Alabama to Texas."""
    home = Address(state=State.TX)
    commit(store, make.contractor(id=contractor_id, legal_name=FIVE[contractor_id], home_address=home))


def first_cursor(store: Store, query: Query = ANYTHING) -> str:
    """Return the cursor after the first item of a query."""
    cursor = store.page(query, 1).cursor
    assert cursor is not None, "the query finds no second item"
    return cursor


def all_ids(pages: Iterable[Iterable[Any]]) -> list[str]:
    """Return the ids of the items of all pages."""
    return [item.key.id for items in pages for item in items]


@promise(25)
class PagingContract(Contract):
    """Promises 25 to 27."""

    @pytest.fixture
    def five(self, founded: Store) -> Store:
        """Give the handle of a company with five contractors."""
        record(founded, FIVE)
        return founded

    # Order

    @table("query, names, ends, expected", ORDERS)
    def test_items_are_in_the_order_asked_for_and_equal_ones_in_that_of_their_ids(
        self, founded: Store, query: Query, names: dict[str, str], ends: dict[str, date | None], expected: list[str]
    ) -> None:
        record(founded, names, ends)
        assert (expected, expected) == (all_ids(walk(founded, query)), all_ids(walk(founded, query, 1)))

    def test_a_renamed_value_moves_to_its_new_place(self, five: Store) -> None:
        record(five, {"c-5": "Zulu"})
        assert [*BY_NAME[1:], "c-5"] == all_ids(walk(five))

    # Pages

    @table("query", {"name": ANYTHING, "id": BY_ID, "next_change": BY_CHANGE})
    @pytest.mark.parametrize("limit", [1, 2, 3, 4, 5, 6, 1000])
    def test_the_pages_list_everything_once_and_all_but_the_last_are_full(
        self, founded: Store, query: Query, limit: int
    ) -> None:
        names = dict(zip("abCde", ("Same", "same", "Other", "SAME", "Zulu"), strict=True))
        record(founded, names, {"a": None, "b": date(2027, 6, 1), "C": None, "d": None, "e": date(2026, 7, 1)})
        pages = walk(founded, query, limit)
        assert ids(founded.page(query, 1000).items) == all_ids(pages)
        assert [min(limit, 5 - start) for start in range(0, 5, limit)] == [len(items) for items in pages]

    def test_every_page_but_the_last_has_a_cursor_though_the_last_may_be_full(self, five: Store) -> None:
        assert [True, False, False] == [five.page(ANYTHING, limit).cursor is not None for limit in (4, 5, 1000)]

    def test_many_items_are_paged_through(self, founded: Store) -> None:
        numbers = [f"{number:03}" for number in range(120)]
        record(founded, dict.fromkeys(numbers, "Same"))
        assert numbers == all_ids(walk(founded, limit=7))

    def test_the_limit_may_change_from_page_to_page(self, five: Store) -> None:
        second = five.page(BY_ID, 3, five.page(BY_ID, 1).cursor)
        assert ["c-5", "contractor-1", "contractor-2"] == ids(second.items)

    def test_a_cursor_can_be_used_again_and_by_another_handle(self, five: Store, unbound: UnboundStore) -> None:
        cursor = first_cursor(five)
        pages = [handle.page(ANYTHING, 2, cursor) for handle in (five, five, unbound.for_company(COMPANY))]
        assert [["c-4", "contractor-3"]] * 3 == [ids(page.items) for page in pages]

    @pytest.mark.parametrize("limit", [0, -1, 1001, 10**12])
    def test_a_page_of_no_or_of_unreasonable_size_is_refused(self, five: Store, limit: int) -> None:
        with pytest.raises(InvalidValueError):
            five.page(ANYTHING, limit)

    # Commits between two pages

    @pytest.mark.parametrize("name", ["Aaa", "Alpha", "Bravo", "Bravo 2", "Cosmos", "Zulu"])
    def test_an_item_present_throughout_the_paging_is_listed_once_though_others_arrive(
        self, five: Store, name: str
    ) -> None:
        first = five.page(ANYTHING, 2)
        record(five, {"new-1": name, "AAA": name, "zzz": name})
        rest = ids(five.page(ANYTHING, 1000, first.cursor).items)
        assert BY_NAME == [contractor_id for contractor_id in (*ids(first.items), *rest) if contractor_id in FIVE]

    def test_an_item_that_arrives_behind_the_cursor_is_listed_on_a_later_page(self, five: Store) -> None:
        cursor = five.page(ANYTHING, 2).cursor
        record(five, {"new": "Cosmos"})
        assert ["contractor-3", "new", *BY_NAME[3:]] == ids(five.page(ANYTHING, 10, cursor).items)

    @pytest.mark.parametrize("name", ["Aaa", "Bravo 2", "Zulu"])
    def test_the_item_that_a_cursor_leads_on_from_may_be_renamed(self, five: Store, name: str) -> None:
        cursor = five.page(ANYTHING, 2).cursor
        record(five, {"c-4": name})
        rest = ids(five.page(ANYTHING, 1000, cursor).items)
        assert BY_NAME[2:] == [contractor_id for contractor_id in rest if contractor_id != "c-4"]

    def test_an_item_that_no_longer_meets_the_query_is_not_listed_on_a_later_page(self, five: Store) -> None:
        cursor = five.page(IN_ALABAMA, 2).cursor
        move(five, "contractor-2")
        assert ["contractor-3", "contractor-1"] == ids(five.page(IN_ALABAMA, 10, cursor).items)

    def test_a_later_page_shows_the_versions_current_when_it_is_read(self, five: Store) -> None:
        cursor = five.page(ANYTHING, 4).cursor
        record(five, {"contractor-1": "Echo"})
        (item,) = five.page(ANYTHING, 10, cursor).items
        assert (contractor_key("contractor-1"), 2) == (item.key, item.version)

    def test_a_page_after_the_last_item_is_empty(self, five: Store) -> None:
        cursor = five.page(IN_ALABAMA, 4).cursor
        move(five, "contractor-1")
        page = five.page(IN_ALABAMA, 10, cursor)
        assert ((), None) == (page.items, page.cursor)

    # Cursors

    @promise(27)
    @pytest.mark.parametrize("cursor", MADE_UP, ids=lambda cursor: ascii(cursor[:8]))
    def test_a_cursor_that_is_made_up_is_refused(self, five: Store, cursor: str) -> None:
        with pytest.raises(CursorError):
            five.page(ANYTHING, 2, cursor)

    @promise(27)
    def test_a_cursor_that_was_added_to_or_cut_off_is_refused(self, five: Store) -> None:
        cursor = first_cursor(five)
        for changed in (f"{cursor}!", cursor[: len(cursor) // 2]):
            with pytest.raises(CursorError):
                five.page(ANYTHING, 2, changed)

    @promise(27)
    @table("parts", OTHER_QUERIES)
    def test_a_cursor_of_another_query_is_refused(self, five: Store, parts: Parts) -> None:
        cursor = first_cursor(five)
        with pytest.raises(CursorError):
            five.page(Query(**parts), 2, cursor)

    @promise(27, 30)
    @pytest.mark.parametrize("is_there", [True, False], ids=["company_is_there", "company_is_not_there"])
    def test_a_cursor_of_another_company_is_refused(self, five: Store, other: Store, *, is_there: bool) -> None:
        if is_there:
            found(other)
            record(other, FIVE)
        with pytest.raises(CursorError):
            other.page(ANYTHING, 2, first_cursor(five))

    @promise(27)
    def test_a_cursor_of_an_equal_query_is_good(self, five: Store) -> None:
        states = [State.AL, State.TX, State.WA]
        cursor = first_cursor(five, Query(home_states=frozenset(states)))
        assert 4 == len(five.page(Query(home_states=frozenset(reversed(states))), 10, cursor).items)

    # Counts

    @promise(26)
    @table("parts", COUNTED)
    def test_the_count_is_the_number_of_items_on_all_pages(self, five: Store, parts: Parts) -> None:
        move(five, "c-4")
        commit(five, make.client(), make.client(id="client-2"))
        query = Query(**parts)
        assert sum(map(len, walk(five, query, 2))) == five.count(query)

    @promise(26)
    def test_a_count_goes_beyond_the_size_of_a_page(self, founded: Store) -> None:
        record(founded, {f"contractor-{number}": "Same" for number in range(1001)})
        assert (1001, 1000) == (founded.count(ANYTHING), len(founded.page(ANYTHING, 1000).items))
