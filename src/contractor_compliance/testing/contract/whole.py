"""The contract as a whole: the class that a store's author builds on."""

from __future__ import annotations

from contractor_compliance.testing.contract.committing import CommittingContract
from contractor_compliance.testing.contract.companies import CompaniesContract
from contractor_compliance.testing.contract.facts import FactsContract
from contractor_compliance.testing.contract.finding import FindingContract
from contractor_compliance.testing.contract.keeping import KeepingContract
from contractor_compliance.testing.contract.paging import PagingContract
from contractor_compliance.testing.contract.reading import ReadingContract
from contractor_compliance.testing.contract.times import TimesContract

__all__ = ["StoreContract"]


class StoreContract(
    CommittingContract,
    TimesContract,
    FactsContract,
    ReadingContract,
    FindingContract,
    PagingContract,
    CompaniesContract,
    KeepingContract,
):
    """Tests every promise that a store makes. A store's author builds a test class on it, for pytest.

    It overrides the fixture `unbound`: an empty store that takes the time from the fixture `clock`. It declares
    `capabilities`, and pins `contract_version`. A store that keeps its records overrides `reopen`; one that can show
    what it does with a record that it cannot read overrides `damage`. What an adapter does not declare, or does not
    override, is reported as an expected failure with its reason, never as a test that passed.
    """
