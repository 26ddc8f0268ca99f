"""The contract and the histories are not toothless: stores that break one promise each are all found out."""

from __future__ import annotations

import inspect
import itertools
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from contractor_compliance.storage import Key, MemoryStore
from contractor_compliance.testing import FrozenClock, StoreContract, StoreHistory
from contractor_compliance.testing.contract.promises import promises_of, proof_of
from tests import tiers
from tests.storage.liars import LIARS, damage

#: Each lie, and a test of the contract that must fail for it.
CAUGHT_BY = {
    "AlwaysNow": "test_a_version_is_known_from_its_instant_to_the_next",
    "AnyCursor": "test_a_cursor_of_another_query_is_refused",
    "AnyLimit": "test_a_page_of_no_or_of_unreasonable_size_is_refused",
    "AuditFromHere": "test_the_entries_after_a_sequence_are_listed_up_to_the_limit",
    "BurntKey": "test_a_commit_that_fails_leaves_its_key_and_its_number_free",
    "ClockAlone": "test_commits_are_a_microsecond_apart_until_the_clock_is_past_the_head",
    "CompanyAssumed": "test_a_commit_is_refused_and_not_recorded_until_the_company_is_on_file",
    "ContractorUntouched": "test_a_commit_raises_the_version_of_what_it_touches_and_of_nothing_else",
    "CountOfAll": "test_the_count_is_the_number_of_items_on_all_pages",
    "CountOfOnePage": "test_a_count_goes_beyond_the_size_of_a_page",
    "CursorBeyondTheEnd": "test_the_pages_list_everything_once_and_all_but_the_last_are_full",
    "DamageHidden": "test_an_unreadable_record_is_reported_in_its_place_beside_readable_ones",
    "DanglingFacts": "test_a_commit_that_would_leave_a_fact_without_what_it_refers_to_is_refused",
    "DeafHandle": "test_every_call_of_a_handle_that_is_closed_or_whose_store_is_closed_is_refused",
    "EarlierStandings": "test_rows_and_switches_of_an_earlier_generation_are_refused",
    "EverybodysCursors": "test_a_cursor_of_another_company_is_refused",
    "EverybodysReceipts": "test_a_company_reads_nothing_of_another",
    "ExcludedInstant": "test_a_version_is_known_from_its_instant_to_the_next",
    "FirstConflictOnly": "test_a_conflict_names_each_version_and_the_head_that_differ_and_no_other",
    "FoldedIds": "test_ids_that_look_alike_are_kept_apart_whether_one_or_both_are_on_file",
    "ForgottenQuestions": "test_an_answer_of_one_handle_is_not_changed_by_a_commit_of_another",
    "ForgottenResponse": "test_response_and_detail_come_back_as_they_were_given",
    "HalfCommit": "test_a_failed_commit_changes_nothing",
    "HalfNow": "test_a_dossier_as_known_at_an_instant_expects_the_versions_of_that_instant",
    "HeadBeforeSeal": "test_a_commit_that_fails_leaves_its_key_and_its_number_free",
    "HeadNotCompared": "test_a_commit_on_what_is_not_current_is_refused",
    "Hindsight": "test_an_answer_as_known_does_not_say_what_came_later",
    "IgnoredKey": "test_a_repeated_commit_is_answered_not_recorded",
    "InsurersAsPrinted": "test_contractors_are_found_by_home_and_by_any_of_their_facts",
    "LastDayIncluded": "test_a_page_shows_the_row_that_holds_the_day",
    "LaterKeys": "test_the_lists_of_a_call_can_be_changed_afterwards",
    "LiveHistory": "test_an_answer_does_not_change_by_later_commits",
    "LostUpdate": "test_a_commit_on_what_is_not_current_is_refused",
    "MissingIsAnError": "test_each_key_is_answered_in_the_order_asked_and_twice_if_asked_twice",
    "NoCompany": "test_two_companies_may_use_the_same_ids_and_version_them_apart",
    "NoFallback": "test_a_contractor_without_rows_of_the_generation_has_those_of_the_latest_before",
    "NobodyIsNotInvited": "test_contractors_are_found_by_home_and_by_any_of_their_facts",
    "NoneFirst": "test_items_are_in_the_order_asked_for_and_equal_ones_in_that_of_their_ids",
    "NumberedInsurersOnly": "test_a_dossier_holds_an_insurer_named_by_number_or_normalized_name",
    "OnceEach": "test_each_key_is_answered_in_the_order_asked_and_twice_if_asked_twice",
    "OnlyWhatIsTouched": "test_a_commit_on_what_is_not_current_is_refused",
    "OrderedByCase": "test_items_are_in_the_order_asked_for_and_equal_ones_in_that_of_their_ids",
    "Prophecy": "test_the_later_of_clock_and_head_is_the_last_instant_that_is_answered",
    "RemoteNowhere": "test_a_contractor_and_its_remote_work_move_with_its_home",
    "RemovalDeletesHistory": "test_a_removal_ends_the_last_version_and_keeps_it",
    "RemovedIsFound": "test_a_fact_counts_as_it_is_now_until_it_is_removed",
    "RetouchedActor": "test_an_entry_says_who_did_what_and_when",
    "ReusedKey": "test_a_key_of_another_request_is_refused",
    "SealFailureHidden": "test_an_exception_raised_by_a_seal_comes_through_unchanged",
    "SealedTwice": "test_the_seal_is_called_once_a_commit_and_what_it_returns_is_kept",
    "SeenBeforeTheSwitch": "test_pages_and_filters_see_rows_once_a_commit_has_switched_to_their_generation",
    "SkippingCursor": "test_the_pages_list_everything_once_and_all_but_the_last_are_full",
    "StaleRead": "test_a_commit_is_seen_by_handles_taken_before_and_after_it",
    "SubjectTwice": "test_a_subject_that_is_a_member_is_not_taken_as_another",
    "SwallowedConflict": "test_a_refusal_has_its_error_and_no_effect",
    "TornRead": "test_all_parts_of_an_answer_are_of_one_instant",
    "TruncatedMicroseconds": "test_every_time_of_record_is_exactly_that_of_the_clock",
    "UnmarkedRepetition": "test_a_repeated_commit_is_answered_not_recorded",
    "Unordered": "test_items_are_in_the_order_asked_for_and_equal_ones_in_that_of_their_ids",
    "ValueTrimmed": "test_a_value_comes_back_equal_to_what_was_put_now_and_as_known",
    "WordsWithin": "test_each_word_asked_for_begins_a_word_of_the_contractor",
    "WorkHereAndThere": "test_one_assignment_meets_all_asked_of_work",
    "WorkOnAnyDay": "test_an_assignment_counts_on_the_days_on_which_it_is_active",
}
#: Lies that histories of the daily size come upon soon. Others take longer, or two threads, damage, a large company.
FOUND_BY_HISTORIES = (
    "AlwaysNow",
    "ClockAlone",
    "ContractorUntouched",
    "DanglingFacts",
    "ExcludedInstant",
    "FoldedIds",
    "HalfCommit",
    "HeadBeforeSeal",
    "IgnoredKey",
    "LostUpdate",
    "NoCompany",
    "RemovalDeletesHistory",
    "SealedTwice",
    "SkippingCursor",
    "Unordered",
    "WorkOnAnyDay",
)


class Adapter(StoreContract):
    """The contract as it is called without pytest, one test at a time."""

    def damage(self, unbound: MemoryStore, company_id: str, key: Key) -> None:
        damage(unbound, company_id, key)


def failures(store: type[MemoryStore], test: str) -> list[BaseException]:
    """Return what a test raises, once for each of its parameters for which it fails."""
    function = getattr(Adapter, test)
    raised: list[BaseException] = []
    for arguments in cases_of(function):
        clock = FrozenClock()
        unbound = store(clock=clock)
        made: dict[str, Any] = {"clock": clock, "unbound": unbound}
        names = set(inspect.signature(function).parameters) - {"self", *arguments}
        try:
            function(Adapter(), **{name: fixture(name, made) for name in names}, **arguments)
        except (Exception, pytest.fail.Exception) as error:  # noqa: BLE001  # whatever a test raises, it has failed
            raised.append(error)
    return raised


def fixture(name: str, made: dict[str, Any]) -> Any:
    """Return what a fixture of the contract gives; each is made once for a case."""
    if name not in made:
        function = inspect.unwrap(inspect.getattr_static(Adapter, name))
        needs = set(inspect.signature(function).parameters) - {"self"}
        made[name] = function(Adapter(), **{need: fixture(need, made) for need in needs})
    return made[name]


def cases_of(function: Any) -> Iterator[dict[str, Any]]:
    """Return the arguments of each case of a test, from its `parametrize` marks."""
    marks = [mark.args for mark in getattr(function, "pytestmark", ()) if mark.name == "parametrize"]
    for chosen in itertools.product(*(values for _, values in marks)):
        arguments = {}
        for (names, _), value in zip(marks, chosen, strict=True):
            arguments |= {names: value} if isinstance(names, str) else dict(zip(names, value, strict=True))
        yield arguments


each_lie = pytest.mark.parametrize("name", sorted(LIARS))


def test_every_lie_has_a_test_that_finds_it_out() -> None:
    assert sorted(LIARS) == sorted(CAUGHT_BY)


def test_every_promise_is_broken_by_a_liar() -> None:
    assert set(range(1, 34)) == {liar.breaks for liar in LIARS.values()}


@each_lie
def test_a_lie_is_found_out_by_a_test_of_the_promise_that_it_breaks(name: str) -> None:
    proof = proof_of(getattr(StoreContract, CAUGHT_BY[name]))

    assert (True, True) == (
        proof is not None and LIARS[name].breaks in proof.promises,
        bool(failures(LIARS[name], CAUGHT_BY[name])),
    )


@pytest.mark.parametrize("test", sorted(set(CAUGHT_BY.values())))
def test_the_memory_store_passes_the_tests_that_find_lies_out(test: str) -> None:
    assert [] == failures(MemoryStore, test)


ALL_LIARS = """
import importlib.util
import sys

import pytest
from contractor_compliance.storage import MemoryStore
from contractor_compliance.testing import StoreContract

spec = importlib.util.spec_from_file_location("liars", {path!r})
liars = importlib.util.module_from_spec(spec)
sys.modules["liars"] = liars
spec.loader.exec_module(liars)


def contract(store, but=()):
    class Contract(StoreContract):
        @pytest.fixture
        def unbound(self, clock):
            yield store(clock=clock)

        def damage(self, unbound, company_id, key):
            liars.damage(unbound, company_id, key)

    for name in but:
        setattr(Contract, name, None)
    return Contract


TestMemoryStore = contract(MemoryStore)
for name, but in {left_out!r}.items():
    globals()["Test" + name] = contract(liars.LIARS[name], but)
"""


@tiers.sized
def test_pytest_reports_every_liar_and_no_honest_store(tmp_path: Path) -> None:
    # Of each liar only what belongs to its lie, or this would take minutes.
    everything = {name for name in dir(StoreContract) if name.startswith("test_")}
    liars = dict([*LIARS.items()][:: tiers.size(tests=8, stress=1)])
    left_out = {name: everything - neighbors(CAUGHT_BY[name], liar.breaks) for name, liar in liars.items()}
    path = str(Path(__file__).with_name("liars.py"))
    module = tmp_path / "test_all_liars.py"
    module.write_text(ALL_LIARS.format(path=path, left_out=left_out), encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--tb=no", "-rfE", module.name]
    # The liars are run whole whatever the tier, by pytest's own settings: temporary files may lie below ours.
    (tmp_path / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    left_behind = ("PYTEST_", tiers.VARIABLE)
    environment = {key: value for key, value in os.environ.items() if not key.startswith(left_behind)}
    result = subprocess.run(command, capture_output=True, check=False, cwd=tmp_path, env=environment, text=True)
    reported = set(re.findall(r"^FAILED \S+::Test(\w+)::", result.stdout, flags=re.MULTILINE))

    assert set(liars) == reported, result.stdout[-3000:]


def neighbors(test: str, promise: int) -> set[str]:
    """Return the tests of a promise that stand in the same part of the contract."""
    (part,) = [class_ for class_ in StoreContract.__mro__ if test in vars(class_)]
    return {name for name in promises_of(StoreContract)[promise] if name in vars(part)}


@tiers.sampled(4)
@pytest.mark.parametrize("name", FOUND_BY_HISTORIES)
def test_a_lie_is_found_out_by_a_history(name: str) -> None:
    machine: type[StoreHistory] = type(name, (StoreHistory,), {"open_store": lambda _, clock: LIARS[name](clock=clock)})
    usual = machine.TestCase.settings
    thorough = settings(usual, max_examples=400, derandomize=True, database=None, phases=[Phase.generate])

    # A store that has mixed up its companies may also stumble over what it finds.
    with pytest.raises((AssertionError, KeyError)):
        run_state_machine_as_test(machine, settings=thorough)
