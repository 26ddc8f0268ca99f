"""Reads beside writes from another thread: all parts of an answer are of one instant."""
# ruff: noqa: D102, SIM300  # the name of a test is its claim, and the expected value stands first

from __future__ import annotations

import functools
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import TypeVar

from contractor_compliance.domain import Value
from contractor_compliance.storage import Kind, Query, Store, UnboundStore
from contractor_compliance.testing import factories as make
from contractor_compliance.testing.contract.base import Contract
from contractor_compliance.testing.contract.promises import promise
from contractor_compliance.testing.contract.steps import (
    COMPANY,
    CONTRACTOR,
    client_key,
    commit,
    found,
    head_time,
    patient,
    settle,
)

__all__ = ["BesideContract"]


T = TypeVar("T")
#: How often is read while another thread writes.
READS = 30


class BesideContract(Contract):
    """Promise 20. Each thread has a handle of its own."""

    @promise(20)
    def test_all_parts_of_an_answer_are_of_one_instant(self, store: Store, unbound: UnboundStore) -> None:
        settle(store)
        keys = [client_key(f"client-{number}") for number in range(1, 21)]

        def names() -> set[str]:
            return {record.value.name for record in store.get(keys) if record is not None}

        def values(step: int) -> list[Value]:
            return [make.client(id=key.id, name=f"Step {step}") for key in keys]

        commit(store, *values(0))

        assert [1] * READS == [len(each) for each in read_beside(unbound, values, names)]

    @promise(20)
    def test_all_parts_of_a_dossier_are_of_one_instant(self, store: Store, unbound: UnboundStore) -> None:
        settle(store)

        def names() -> set[str | None]:
            dossiers = [answer.dossier for answer in store.dossiers([CONTRACTOR.id]) if answer is not None]
            whole = {each.contractor.legal_name for each in dossiers} | {each.clients[0].name for each in dossiers}
            return whole | {policy.number for each in dossiers for policy in each.policies}

        def values(step: int) -> list[Value]:
            name = f"Step {step}"
            policies = [make.gl_policy(id=f"policy-{number}", number=name) for number in range(10)]
            return [make.client(name=name), make.contractor(legal_name=name), *policies]

        commit(store, *values(0))

        assert [1] * READS == [len(each) for each in read_beside(unbound, values, names)]

    @promise(20)
    def test_all_items_of_a_page_are_of_one_instant(self, store: Store, unbound: UnboundStore) -> None:
        found(store)
        query = Query(kind=Kind.JOB_CODE)

        def titles() -> set[str]:
            return {item.name for item in store.page(query, 1000).items}

        def values(step: int) -> list[Value]:
            return [make.job_code(id=f"{number}", title=f"Step {step}") for number in range(20)]

        commit(store, *values(0))

        assert [1] * READS == [len(each) for each in read_beside(unbound, values, titles)]

    @promise(20, 17)
    def test_what_was_known_at_an_instant_is_read_alike_while_others_write(
        self, store: Store, unbound: UnboundStore
    ) -> None:
        settle(store)
        then = head_time(store)

        def name() -> str | None:
            (record,) = store.get([client_key()], then)
            return None if record is None else record.value.name

        def values(step: int) -> list[Value]:
            return [make.client(name=f"Step {step}")]

        assert ["Sample Mills Corp"] * READS == read_beside(unbound, values, name)


def read_beside(unbound: UnboundStore, values: Callable[[int], list[Value]], read: Callable[[], T]) -> list[T]:
    """Return what is read while another thread commits values again and again."""
    is_over = Event()

    def write() -> int:
        handle = unbound.for_company(COMPANY)
        step = 0
        while not is_over.is_set():
            step += 1
            patient(functools.partial(commit, handle, *values(step)))
        return step

    with ThreadPoolExecutor(1) as pool:
        writing = pool.submit(write)
        try:
            answers = [patient(read) for _ in range(READS)]
        finally:
            is_over.set()
        assert writing.result() > 0, "nothing was written meanwhile"
    return answers
