"""What the contract cannot ask of every store: how this one fails, and what its files are worth afterwards."""

from __future__ import annotations

import logging
import os
import resource
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import attrs
import pytest
from contractor_compliance.errors import CommitUnknownError, InvalidValueError, StoreFailedError, StoreURLError
from contractor_compliance.storage import (
    MAX_ID_LENGTH,
    Changes,
    Expectation,
    Put,
    Receipt,
    Store,
    Unreadable,
    key_of,
    put,
    text_hash,
)
from contractor_compliance.testing import FrozenClock
from contractor_compliance.testing import factories as make

from contractor_compliance_jsonl import JsonlStore, open_url
from contractor_compliance_jsonl.journal import Journal
from contractor_compliance_jsonl.lines import commit_line

COMPANY = "company-1"
CLIENT = key_of(make.client())
CONTRACTOR = key_of(make.contractor())
POLICY = key_of(make.gl_policy(), CONTRACTOR.id)

#: Counts the client's name up, as often as its arguments say, and prints the sequence of each commit.
COUNTER = """
import sys, attrs
from contractor_compliance.errors import ConflictError
from contractor_compliance.storage import Changes, Expectation, Key, Kind, open_store, put

url, worker, times = sys.argv[1:]
store = open_store(url).for_company("company-1")
for number in range(int(times)):
    while True:
        (record,) = store.get([Key(Kind.CLIENT, "client-1")])
        counted = attrs.evolve(record.value, name=str(int(record.value.name) + 1))
        changes = Changes(
            actor="program", action="count", key=f"{worker}-{number}", fingerprint="count",
            puts=(put(counted),), expects=(Expectation(record.key, record.version),),
        )
        try:
            print(store.commit(changes).sequence, flush=True)
        except ConflictError:
            continue
        break
"""


def changes(store: Store, key: str, *puts: Put) -> Changes:
    owners = dict.fromkeys(put_.key.aggregate for put_ in puts)
    versions = {record.key: record.version for record in store.get(list(owners)) if record is not None}
    expects = tuple(Expectation(owner, versions.get(owner, 0)) for owner in owners)
    return Changes(actor="member-1", action="record", key=key, fingerprint=key, puts=puts, expects=expects)


def settle(store: Store) -> Receipt:
    values = (make.company(id=store.company_id), make.client(), make.job_code(), make.carrier(), make.contractor())
    return store.commit(
        changes(
            store,
            "settle",
            *map(put, values),
            put(make.assignment(), CONTRACTOR.id),
            put(make.gl_policy(), CONTRACTOR.id),
        )
    )


def rename(store: Store, name: str) -> Receipt:
    return store.commit(changes(store, name, put(make.client(name=name))))


def name_of_client(store: Store) -> str:
    (record,) = store.get([CLIENT])
    assert record is not None
    return str(record.value.name)


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock()


@pytest.fixture
def unbound(tmp_path: Path, clock: FrozenClock) -> JsonlStore:
    return JsonlStore(tmp_path, clock=clock)


@pytest.fixture
def store(unbound: JsonlStore) -> Store:
    """Give a company with a contractor, whose client is renamed once."""
    store = unbound.for_company(COMPANY)
    settle(store)
    rename(store, "First")
    return store


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / f"{text_hash(COMPANY)}.jsonl"


@pytest.fixture
def reopened(tmp_path: Path, clock: FrozenClock) -> Callable[[], Store]:
    """Open the company as another program would."""
    return lambda: JsonlStore(tmp_path, clock=clock).for_company(COMPANY)


@contextmanager
def fsync_fails(*calls: int) -> Iterator[None]:
    """Let some of the next calls fail; the first is 1."""
    count = 0
    works = os.fsync

    def fsync(file: Any) -> None:
        nonlocal count
        count += 1
        if count in calls:
            raise OSError(5, "Input/output error")
        works(file)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", fsync)
        yield


@contextmanager
def disk_is_full(size: int) -> Iterator[None]:
    """Let no file grow beyond a size."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


class TestAFailingDisk:
    @pytest.mark.parametrize("call", [1, 2])
    def test_a_commit_that_cannot_be_made_safe_leaves_the_file_as_it_was(
        self, store: Store, path: Path, call: int
    ) -> None:
        before = path.read_bytes()
        with pytest.raises(StoreFailedError), fsync_fails(call):
            rename(store, "Second")

        assert (before, "First") == (path.read_bytes(), name_of_client(store))

    @pytest.mark.parametrize("call", [1, 2, 3, 4, 5])
    def test_a_first_commit_that_failed_can_be_made_again(self, unbound: JsonlStore, call: int) -> None:
        store = unbound.for_company(COMPANY)
        with pytest.raises(StoreFailedError), fsync_fails(call):
            settle(store)
        receipt = settle(store)

        assert (1, False) == (receipt.sequence, receipt.repeated)

    @pytest.mark.parametrize("room", [0, 1, 100])
    def test_a_commit_for_which_there_is_no_room_leaves_the_file_as_it_was(
        self, store: Store, path: Path, room: int
    ) -> None:
        before = path.read_bytes()
        renamed = changes(store, "Second", put(make.client(name="Second")))
        with pytest.raises(StoreFailedError), disk_is_full(len(before) + room):
            store.commit(renamed)

        assert (before, "First") == (path.read_bytes(), name_of_client(store))

    def test_a_commit_that_failed_can_be_made_again_with_its_key(
        self, store: Store, reopened: Callable[[], Store]
    ) -> None:
        renamed = changes(store, "Second", put(make.client(name="Second")))
        with pytest.raises(StoreFailedError), fsync_fails(2):
            store.commit(renamed)
        receipt = store.commit(renamed)

        assert (3, False, "Second") == (receipt.sequence, receipt.repeated, name_of_client(reopened()))

    @pytest.mark.parametrize(("call", "is_there"), [(1, False), (2, True)])
    def test_a_commit_that_can_neither_be_made_nor_undone_has_an_unknown_outcome(
        self, store: Store, monkeypatch: pytest.MonkeyPatch, call: int, *, is_there: bool
    ) -> None:
        def cut(*_: object) -> None:
            raise OSError(5, "Input/output error")

        renamed = changes(store, "Second", put(make.client(name="Second")))
        with monkeypatch.context() as patch:
            patch.setattr(Journal, "cut", cut)
            with pytest.raises(CommitUnknownError), fsync_fails(call):
                store.commit(renamed)
        receipt = store.commit(renamed)

        assert (3, is_there) == (receipt.sequence, receipt.repeated)

    def test_no_answer_is_given_if_it_cannot_be_made_to_last(self, store: Store, clock: FrozenClock) -> None:
        asked = clock.advance(hours=1)
        with pytest.raises(StoreFailedError), fsync_fails(1):
            store.get([CLIENT], asked)


class TestATornLine:
    def test_a_last_line_that_was_torn_anywhere_counts_as_never_begun(
        self, store: Store, path: Path, reopened: Callable[[], Store]
    ) -> None:
        whole = path.read_bytes()
        rename(store, "Second")
        torn = path.read_bytes()[:-1]
        wrong = []
        for end in {*range(len(whole) + 1, len(torn), 7), len(torn)}:
            path.write_bytes(torn[:end])
            other = reopened()
            read = (name_of_client(other), path.read_bytes() == torn[:end])
            written = (rename(other, "Third").sequence, path.read_bytes().startswith(whole), name_of_client(reopened()))
            if (read, written) != (("First", True), (3, True, "Third")):
                wrong.append(end)

        assert [] == wrong

    def test_cutting_off_an_unfinished_line_is_logged(
        self, store: Store, path: Path, reopened: Callable[[], Store], caplog: pytest.LogCaptureFixture
    ) -> None:
        with path.open("ab") as file:
            file.write(b'{"type": "com')
        with caplog.at_level(logging.WARNING):
            rename(reopened(), "Second")

        assert [f"{path}: cut off an unfinished line of 13 bytes"] == caplog.messages


class TestADamagedFile:
    def test_a_whole_line_that_cannot_be_read_is_reported_and_kept(
        self, store: Store, path: Path, reopened: Callable[[], Store]
    ) -> None:
        lines = path.read_bytes().splitlines(keepends=True)
        lines[-1] = b"\0" * (len(lines[-1]) - 1) + b"\n"
        path.write_bytes(b"".join(lines))
        for use in (lambda: reopened().head(), lambda: rename(reopened(), "Second")):
            with pytest.raises(StoreFailedError, match=f"line at byte {sum(map(len, lines[:-1]))} "):
                use()

        assert b"".join(lines) == path.read_bytes()

    def test_a_line_that_is_missing_is_noticed(self, store: Store, path: Path, reopened: Callable[[], Store]) -> None:
        rename(store, "Second")
        header, first, _, third = path.read_bytes().splitlines(keepends=True)
        path.write_bytes(header + first + third)

        with pytest.raises(StoreFailedError):
            reopened().head()

    def test_a_line_of_a_later_release_is_not_passed_over(
        self, store: Store, path: Path, reopened: Callable[[], Store]
    ) -> None:
        with path.open("ab") as file:
            file.write(b'{"type": "erased"}\n')

        with pytest.raises(StoreFailedError, match="cannot read lines of type 'erased'"):
            reopened().head()

    def test_the_file_of_another_company_is_refused(self, store: Store, path: Path, unbound: JsonlStore) -> None:
        path.rename(path.with_name(f"{text_hash('company-2')}.jsonl"))

        with pytest.raises(StoreFailedError, match="the first line must be"):
            unbound.for_company("company-2").head()

    def test_a_file_that_has_become_shorter_is_refused(self, store: Store, path: Path) -> None:
        path.write_bytes(path.read_bytes()[:-20])

        with pytest.raises(StoreFailedError, match="is shorter than before"):
            store.head()

    def test_a_file_that_is_gone_is_not_taken_for_an_empty_one(self, store: Store, path: Path) -> None:
        path.unlink()

        with pytest.raises(StoreFailedError):
            store.head()

    def test_an_unreadable_value_stands_in_its_place_and_hides_no_later_line(
        self, store: Store, path: Path, reopened: Callable[[], Store]
    ) -> None:
        store.commit(changes(store, "wc", put(make.wc_policy(), CONTRACTOR.id)))
        path.write_text(path.read_text(encoding="utf-8").replace(r"\"each_occurrence\":", r"\"each_ocurrence\":"))
        damaged, kept = reopened().get([POLICY, key_of(make.wc_policy(), CONTRACTOR.id)])

        assert (Unreadable, make.wc_policy()) == (type(damaged.content), kept.content) if damaged and kept else ()

    def test_an_unreadable_value_can_be_replaced(self, store: Store, path: Path, reopened: Callable[[], Store]) -> None:
        path.write_text(path.read_text(encoding="utf-8").replace(r"\"each_occurrence\":", r"\"each_ocurrence\":"))
        other = reopened()
        other.commit(changes(other, "gl", put(make.gl_policy(), CONTRACTOR.id)))
        (dossier,) = reopened().dossiers([CONTRACTOR.id])

        assert (make.gl_policy(),) == dossier.dossier.policies if dossier else ()


class TestProcesses:
    def test_no_update_of_several_processes_is_lost(self, store: Store, tmp_path: Path) -> None:
        rename(store, "0")
        begun = store.head().sequence
        workers = [
            subprocess.Popen(
                [sys.executable, "-c", COUNTER, f"jsonl://{tmp_path}", str(worker), "50"], stdout=subprocess.PIPE
            )
            for worker in range(4)
        ]
        printed = [int(line) for worker in workers for line in worker.communicate()[0].split()]

        assert ("200", list(range(begun + 1, begun + 201))) == (name_of_client(store), sorted(printed))

    def test_every_commit_acknowledged_to_a_killed_process_is_in_the_file(
        self, store: Store, tmp_path: Path, reopened: Callable[[], Store]
    ) -> None:
        rename(store, "0")
        with subprocess.Popen(
            [sys.executable, "-c", COUNTER, f"jsonl://{tmp_path}", "worker", "100000"], stdout=subprocess.PIPE
        ) as worker:
            assert worker.stdout is not None
            printed = [int(worker.stdout.readline()) for _ in range(20)]
            worker.kill()
            printed += map(int, worker.stdout.read().split())
        after = reopened()

        assert [entry.sequence for entry in after.audit(0, 1000)] == list(range(1, after.head().sequence + 1))
        assert after.head().sequence - printed[-1] in (0, 1)  # killed between the line and the print, or not
        assert after.head().sequence + 1 == rename(after, "again").sequence


class TestFiles:
    def test_companies_whose_ids_differ_by_case_alone_have_files_that_differ_by_more(
        self, unbound: JsonlStore, tmp_path: Path
    ) -> None:
        for company_id in ("acme", "Acme", "ACME"):
            settle(unbound.for_company(company_id))

        assert 3 == len({file.name.casefold() for file in tmp_path.iterdir()})

    def test_the_longest_id_has_a_file(self, unbound: JsonlStore) -> None:
        assert 1 == settle(unbound.for_company("ü" * MAX_ID_LENGTH)).sequence

    def test_a_file_is_for_its_owner_alone(self, store: Store, path: Path) -> None:
        assert 0o600 == path.stat().st_mode & 0o777

    def test_reading_a_company_that_is_not_on_file_makes_no_file(self, unbound: JsonlStore, tmp_path: Path) -> None:
        unbound.for_company("company-9").head()

        assert [] == list(tmp_path.iterdir())

    def test_every_field_of_the_changes_is_in_the_line(self, store: Store) -> None:
        made = changes(store, "key")
        line = commit_line(made, store.commit(made), "seal")

        assert set() == {field.name for field in attrs.fields(Changes) if field.init} - line.keys()

    def test_an_instant_that_was_asked_about_is_known_to_the_next_process(
        self, store: Store, reopened: Callable[[], Store], clock: FrozenClock
    ) -> None:
        asked = clock.advance(hours=1)
        store.get([CLIENT], asked)
        clock.set(asked - timedelta(minutes=30), backwards=True)

        assert asked + timedelta(microseconds=1) == rename(reopened(), "Second").recorded_at

    def test_asking_again_about_the_same_instant_writes_nothing(
        self, store: Store, path: Path, clock: FrozenClock
    ) -> None:
        asked = clock.advance(hours=1)
        store.get([CLIENT], asked)
        before = path.read_bytes()
        store.get([CLIENT], asked)

        assert before == path.read_bytes()


class TestTheUrl:
    def test_three_slashes_begin_an_absolute_path(self, tmp_path: Path) -> None:
        assert tmp_path == open_url(f"jsonl://{tmp_path}").folder

    def test_two_slashes_begin_a_path_below_the_working_directory(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (tmp_path / "records").mkdir()
        monkeypatch.chdir(tmp_path)

        assert tmp_path / "records" == open_url("jsonl://records").folder

    @pytest.mark.parametrize("url", ["jsonl://", "jsonl:///no/such/folder", "jsonl+gzip://records", "records"])
    def test_a_url_that_names_no_folder_is_refused(self, url: str) -> None:
        with pytest.raises(StoreURLError):
            open_url(url)

    def test_a_company_without_an_id_is_refused(self, unbound: JsonlStore) -> None:
        with pytest.raises(InvalidValueError):
            unbound.for_company(" ")
