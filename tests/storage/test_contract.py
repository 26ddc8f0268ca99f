"""The contract as a store's author meets it: what it covers, what it says, and what it does not count as a fault."""

from __future__ import annotations

import inspect
import os
import re
import subprocess
import sys

import pytest
from hypothesis import HealthCheck, settings

from contractor_compliance import testing
from contractor_compliance.storage import MemoryStore, Store
from contractor_compliance.testing import CONTRACT_VERSION, FrozenClock, StoreContract, StoreHistory
from contractor_compliance.testing.contract.promises import Proof, promise, promises_of, proof_of
from contractor_compliance.testing.history import as_bytes

TESTS = [name for name in dir(StoreContract) if name.startswith("test_")]

#: What an author may write, and a stranger to this repository.
STRANGER = """
import pytest
from contractor_compliance.storage import Capability, Head, MemoryStore
from contractor_compliance.testing import StoreContract
from contractor_compliance.testing.contract.promises import promise


class Lying(MemoryStore):
    def for_company(self, company_id):
        bound = super().for_company(company_id)
        bound.head = lambda: Head(sequence=77)
        return bound


class Adapter(StoreContract):
    @pytest.fixture
    def unbound(self, clock):
        yield MemoryStore(clock=clock)


class TestLying(Adapter):
    @pytest.fixture
    def unbound(self, clock):
        yield Lying(clock=clock)


class TestPlain(Adapter):
    pass


class TestBoastful(Adapter):
    capabilities = frozenset({Capability.SHARED})


class TestForgetful(StoreContract):
    pass


class TestPinned(Adapter):
    contract_version = 1

    @promise(1, since=2)
    def test_that_is_newer_and_fails(self):
        assert False

    @promise(1, since=2)
    def test_that_is_newer_and_passes(self):
        pass


class TestUpToDate(Adapter):
    contract_version = 2

    @promise(1, since=2)
    def test_that_is_newer_and_fails(self):
        assert False
"""
ASKED = {
    "Lying": ("test_the_head_of_a_company_that_is_not_on_file_is_at_zero",),
    "Plain": (
        "test_a_commit_of_one_store_is_read_by_another_and_conflicts_with_its_stale_commit",
        "test_another_store_on_the_same_data_reads_everything[opened_again]",
        "test_an_unreadable_record_says_which_it_is_and_why",
    ),
    "Boastful": (
        "test_a_commit_of_one_store_is_read_by_another_and_conflicts_with_its_stale_commit",
        "test_a_store_declares_what_the_adapter_says_of_it",
    ),
    "Forgetful": ("test_the_sequence_begins_at_one_and_goes_up_by_one",),
    "Pinned": (
        "test_that_is_newer_and_fails",
        "test_that_is_newer_and_passes",
        "test_the_sequence_begins_at_one_and_goes_up_by_one",
    ),
    "UpToDate": ("test_that_is_newer_and_fails",),
}


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What pytest says in a folder where it finds nothing of our own configuration."""
    folder = tmp_path_factory.mktemp("stranger")
    (folder / "test_stranger.py").write_text(STRANGER, encoding="utf-8")
    node_ids = [f"test_stranger.py::Test{name}::{test}" for name, tests in ASKED.items() for test in tests]
    options = ["-v", "-rxfE", "-p", "no:cacheprovider", "-o", "xfail_strict=true", "-W", "error"]
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTEST_")}
    command = [sys.executable, "-m", "pytest", *options, *node_ids]
    # Wide enough that no reason is cut short.
    environment["COLUMNS"] = "250"
    result = subprocess.run(command, capture_output=True, check=False, cwd=folder, env=environment, text=True)
    return result.stdout


def outcome(report: str, name: str, test: str) -> str:
    (word,) = re.findall(rf"^test_stranger\.py::Test{name}::{re.escape(test)} (\w+)", report, flags=re.MULTILINE)
    return str(word)


def reason(report: str, name: str, test: str) -> str:
    (word,) = re.findall(
        rf"^XFAIL (?:at setup of )?test_stranger\.py::Test{name}::{re.escape(test)} - (.+)$", report, flags=re.MULTILINE
    )
    return str(word)


# What it covers


def test_every_promise_of_the_port_is_tested() -> None:
    promised = {int(number) for number in re.findall(r"^ *(\d+)\. ", Store.__doc__ or "", flags=re.MULTILINE)}

    assert set(range(1, 34)) == promised
    assert {0, *promised} == promises_of(StoreContract).keys()


def test_every_test_of_the_contract_names_the_promises_that_it_proves() -> None:
    assert [] == [name for name in TESTS if proof_of(getattr(StoreContract, name)) is None]


def test_no_test_is_newer_than_the_contract() -> None:
    proofs = [proof_of(getattr(StoreContract, name)) for name in TESTS]

    assert CONTRACT_VERSION >= max(proof.since for proof in proofs if proof is not None)


def test_the_contract_is_made_of_many_small_tests() -> None:
    lines = {name: len(inspect.getsource(getattr(StoreContract, name)).splitlines()) for name in TESTS}

    assert len(lines) >= 120
    assert [] == [name for name, number in lines.items() if number > 55]


def test_no_test_of_the_contract_hides_another_of_the_same_name() -> None:
    parts = [class_ for class_ in StoreContract.__mro__ if class_.__module__.startswith("contractor_compliance")]
    names = [name for part in parts for name in vars(part) if name.startswith("test_")]

    assert sorted(TESTS) == sorted(names)


def test_the_tests_of_a_promise_are_listed_by_name() -> None:
    class Small:
        @promise(4, 2)
        def test_b(self) -> None: ...

        @promise(2, since=3)
        def test_a(self) -> None: ...

        def helper(self) -> None: ...

    assert {2: ("test_a", "test_b"), 4: ("test_b",)} == promises_of(Small)
    assert Proof((2,), since=3) == proof_of(Small.test_a)


def test_the_promises_of_a_class_are_those_of_its_tests_that_name_none() -> None:
    @promise(25)
    class Small:
        @promise(26)
        def test_a(self) -> None: ...

        def test_b(self) -> None: ...

        def helper(self) -> None: ...

    assert {25: ("test_b",), 26: ("test_a",)} == promises_of(Small)
    assert proof_of(Small.helper) is None


# What it says


def test_a_failure_shows_what_was_compared(report: str) -> None:
    assert "FAILED" == outcome(report, "Lying", "test_the_head_of_a_company_that_is_not_on_file_is_at_zero")
    assert re.search(r"E +.*Head\(sequence=77,", report)


def test_a_capability_that_is_not_declared_is_an_expected_failure(report: str) -> None:
    shared, persistent, damage = (
        (outcome(report, "Plain", test), reason(report, "Plain", test)) for test in ASKED["Plain"]
    )

    assert ("XFAIL", "the adapter does not declare the capability SHARED") == shared
    assert ("XFAIL", "the adapter does not declare the capability PERSISTENT") == persistent
    assert ("XFAIL", "the adapter does not override `damage`") == damage


def test_a_capability_that_is_declared_needs_its_hook(report: str) -> None:
    test = "test_a_commit_of_one_store_is_read_by_another_and_conflicts_with_its_stale_commit"

    assert "the adapter does not override `reopen`" == reason(report, "Boastful", test)


def test_a_capability_that_the_store_does_not_declare_is_a_failure(report: str) -> None:
    assert "FAILED" == outcome(report, "Boastful", "test_a_store_declares_what_the_adapter_says_of_it")


def test_the_error_of_an_adapter_without_a_store_says_what_to_do(report: str) -> None:
    assert "ERROR" == outcome(report, "Forgetful", "test_the_sequence_begins_at_one_and_goes_up_by_one")
    assert "TestForgetful must override the fixture `unbound`" in report


def test_a_test_that_is_newer_than_the_pin_may_fail(report: str) -> None:
    test = "test_that_is_newer_and_fails"

    assert "XFAIL" == outcome(report, "Pinned", test)
    assert "since version 2 of the contract; the adapter pins 1" == reason(report, "Pinned", test)


def test_a_test_that_is_newer_than_the_pin_may_pass(report: str) -> None:
    assert "XPASS" == outcome(report, "Pinned", "test_that_is_newer_and_passes")


def test_a_test_as_old_as_the_pin_is_held_against_the_store(report: str) -> None:
    assert "PASSED" == outcome(report, "Pinned", "test_the_sequence_begins_at_one_and_goes_up_by_one")
    assert "FAILED" == outcome(report, "UpToDate", "test_that_is_newer_and_fails")


def test_dir_lists_the_testing_names_that_are_loaded_when_used() -> None:
    assert set(testing.__all__) <= set(dir(testing))


def test_an_unknown_name_of_the_testing_package_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'StoreContrakt'"):
        _ = testing.StoreContrakt


@pytest.mark.parametrize(("name", "package"), [("StoreContract", "pytest"), ("StoreHistory", "hypothesis")])
def test_a_testing_name_whose_package_is_missing_names_the_extra(name: str, package: str) -> None:
    program = (
        "import sys\n"
        f"sys.modules[{package!r}] = None\n"
        "from contractor_compliance.errors import MissingExtraError\n"
        "try:\n"
        f"    from contractor_compliance.testing import {name}\n"
        "except MissingExtraError as error:\n"
        "    print(error)\n"
    )
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, text=True)

    assert f"contractor_compliance.testing.{name} needs an optional dependency" in result.stdout
    assert "contractor-compliance[testing]" in result.stdout


# Histories


class ProfiledHistory(StoreHistory):
    """A history whose test case nobody has asked for yet: settings are taken once."""

    def open_store(self, clock: FrozenClock) -> MemoryStore:
        return MemoryStore(clock=clock)


@pytest.mark.parametrize(("asked", "expected"), [(20, 50), (60, 50), (100, 50), (2000, 2000)])
def test_a_history_runs_as_many_examples_as_a_larger_hypothesis_profile_asks_for(asked: int, expected: int) -> None:
    before = settings.get_current_profile_name()
    settings.register_profile("asked", parent=settings.get_profile(before), max_examples=asked)
    machine = type("AnyHistory", (ProfiledHistory,), {})
    try:
        settings.load_profile("asked")
        case = machine.TestCase
    finally:
        settings.load_profile(before)

    assert (expected, None, True) == (
        case.settings.max_examples,
        case.settings.deadline,
        HealthCheck.too_slow in case.settings.suppress_health_check,
    )


def test_the_settings_of_a_history_can_be_changed() -> None:
    machine = type("AnyHistory", (ProfiledHistory,), {})
    machine.TestCase.settings = settings(max_examples=7)

    assert 7 == machine.TestCase.settings.max_examples


def test_a_history_closes_the_store_that_it_was_given() -> None:
    closed = []

    class Noting(MemoryStore):
        def close(self) -> None:
            closed.append(True)

    machine = type("AnyHistory", (ProfiledHistory,), {"open_store": lambda _, clock: Noting(clock=clock)})()
    machine.teardown()

    assert [True] == closed


def test_a_history_leaves_the_context_that_it_was_given() -> None:
    seen = []

    class Opened:
        def __init__(self, clock: FrozenClock) -> None:
            self.clock = clock

        def __enter__(self) -> MemoryStore:
            seen.append("entered")
            return MemoryStore(clock=self.clock)

        def __exit__(self, *_: object) -> None:
            seen.append("left")

    machine = type("AnyHistory", (ProfiledHistory,), {"open_store": lambda _, clock: Opened(clock)})()
    machine.teardown()

    assert ["entered", "left"] == seen


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ((1, 2), [1, 2]),
        ("1", 1),
        (None, ()),
        (True, "true"),
        (ValueError("a"), ValueError("b")),
        (ValueError("a"), TypeError("a")),
        (testing.factories.client(), testing.factories.client(name="Other")),
        (FrozenClock()(), FrozenClock()().replace(microsecond=1)),
    ],
)
def test_different_answers_are_different_bytes(one: object, other: object) -> None:
    assert as_bytes(one) != as_bytes(other)


def test_equal_answers_are_the_same_bytes() -> None:
    permissions = ["add_contractor", "add_assignment", "export"]
    roles = [testing.factories.role(permissions=frozenset(order)) for order in (permissions, permissions[::-1])]

    assert as_bytes(roles[0]) == as_bytes(roles[1])
