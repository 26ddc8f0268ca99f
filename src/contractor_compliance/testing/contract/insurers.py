"""What a query finds by insurer: contractors by their policies, and the insurers themselves."""
# ruff: noqa: D102, SIM300  # the name of a test is its claim, and the expected value stands first

from __future__ import annotations

from typing import Any

import pytest

from contractor_compliance.domain import Policy
from contractor_compliance.storage import Kind, Store, put
from contractor_compliance.testing import factories as make
from contractor_compliance.testing.contract.base import Contract
from contractor_compliance.testing.contract.promises import promise
from contractor_compliance.testing.contract.steps import commit, fact_key, found, listed

__all__ = ["InsurersContract"]

FUND = "Sample Fund Company"


def insured(*, naic: str | None = None, name: str | None = None, number: int = 1) -> Policy:
    """Return a policy of an insurer."""
    return make.gl_policy(id=f"policy-{number}", carrier_naic=naic, carrier_name=name)


def record(store: Store, **policies: list[Policy]) -> None:
    """Put a contractor for each name, with its policies."""
    found(store)
    for name, own in policies.items():
        commit(store, make.contractor(id=name), *(put(each, name) for each in own))


def insured_by(store: Store, *insurers: str, **query: Any) -> list[str]:
    """Return the contractors that a policy of one of these insurers covers."""
    return listed(store, insurers=frozenset(insurers), **query)


class InsurersContract(Contract):
    """Promise 25: the filter by insurer."""

    @promise(25)
    def test_contractors_are_found_by_the_number_of_an_insurer(self, store: Store) -> None:
        record(store, a=[insured(naic="99901")], b=[insured(naic="99902")], c=[insured()], d=[])

        assert (["a"], []) == (insured_by(store, "99901"), insured_by(store, "99903"))

    @promise(25)
    @pytest.mark.parametrize("printed", [FUND, "SAMPLE FUND CO.", 'sample  "fund", company'])
    def test_contractors_are_found_by_the_normalized_name_of_an_insurer(self, store: Store, printed: str) -> None:
        record(store, a=[insured(name=printed)], b=[insured(name="Other Fund Company")], c=[insured()])

        assert ["a"] == insured_by(store, FUND)

    @promise(25)
    @pytest.mark.parametrize("asked", ["Sample Fund", "Sample", "Fund Company", "%", "Sample_Fund%"])
    def test_a_part_of_the_name_of_an_insurer_finds_nobody(self, store: Store, asked: str) -> None:
        record(store, a=[insured(name=FUND)])

        assert [] == insured_by(store, asked)

    @promise(25)
    def test_any_of_the_insurers_asked_for_will_do(self, store: Store) -> None:
        record(store, a=[insured(naic="99901")], b=[insured(name=FUND)], c=[insured(naic="99902")])

        assert ["a", "b"] == insured_by(store, "99901", "sample fund co")

    @promise(25)
    def test_any_of_its_policies_finds_a_contractor_once(self, store: Store) -> None:
        record(store, a=[insured(naic="99901"), insured(naic="99902", number=2), insured(naic="99902", number=3)])

        assert (["a"], 1) == (insured_by(store, "99902", "99901"), len(insured_by(store, "99902")))

    @promise(25)
    def test_a_policy_that_was_removed_finds_nobody(self, store: Store) -> None:
        record(store, a=[insured(naic="99901")])
        commit(store, removes=[fact_key(Kind.POLICY, "policy-1", "a")])

        assert [] == insured_by(store, "99901")

    @promise(25)
    def test_a_policy_counts_as_it_is_now(self, store: Store) -> None:
        record(store, a=[insured(naic="99901", name=FUND)])
        commit(store, insured(naic="99902"), of="a")

        assert ([], [], ["a"]) == (insured_by(store, "99901"), insured_by(store, FUND), insured_by(store, "99902"))

    @promise(25)
    def test_contractors_are_found_by_what_their_policies_name_and_not_by_whose_it_is(self, store: Store) -> None:
        record(store, a=[insured(naic="99901", name="As printed")])
        commit(store, make.carrier())

        assert ([], ["a"]) == (insured_by(store, make.carrier().name), insured_by(store, "as PRINTED."))

    @promise(25)
    def test_insurers_are_found_by_number_and_by_normalized_name(self, store: Store) -> None:
        found(store)
        commit(store, make.carrier(), make.carrier(name=FUND, naic=None), make.carrier(name="Other", naic="99902"))

        assert [[FUND], ["99901"], ["99901"], ["99902", FUND], []] == [
            insured_by(store, *asked, kind=Kind.CARRIER)
            for asked in (["sample fund co."], ["99901"], ["SAMPLE MUTUAL INSURANCE CO"], [FUND, "99902"], ["Fund"])
        ]
