"""What an intruder does to an audit chain behind our back is found, and the entry is named; else it was said not to be.

It is done with plain SQL to the table of a database, inside a transaction of which nothing is left afterwards, and
looked for on the same connection by the desk of a member.
"""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Iterator
from datetime import datetime, timedelta

import attrs
import pytest
from sqlalchemy import Connection

from contractor_compliance.desk import ComplianceDesk, MemberDesk
from contractor_compliance.desk import audit as auditing_module
from contractor_compliance.desk.audit import AuditUseCases
from contractor_compliance.errors import ContractorComplianceError
from contractor_compliance.storage.sql import SqlStore
from contractor_compliance.storage.sql.tables import default_tables
from contractor_compliance.testing import FrozenClock
from contractor_compliance.testing import factories as make
from tests import tiers
from tests.desk_security.calls import AUDIT_KEY, NOW, OTHERS, OURS, subject_of
from tests.desk_security.tampering import COLUMNS, Chain, Hand
from tests.storage.databases import DATABASES, Database, empty_database

pytestmark = tiers.sized

#: So many tamperings of each kind on each database, with key and anchor; and so many where one of them is wanting.
EACH = tiers.size(tests=15, stress=500)
EACH_WITHOUT = tiers.size(tests=8, stress=60, deep=500)
#: So many of each column.
EACH_COLUMN = tiers.size(tests=3, stress=25)
LENGTH = 40
KEYED, OPEN = "keyed", "open"
#: The kinds; an edit is of any column.
KINDS = ("edit", "delete", "insert", "swap", "truncate", "splice", "rebuild")

NO_ANCHOR = "without an anchor, entries cut off at the end are not missed"
NO_KEY = "without an audit key, a program that can write to the store can make a whole new chain"
NO_KEY_BUT_ANCHOR = (
    "without an audit key, a program that can write to the store can make other entries after the anchored one"
)


@attrs.frozen
class Chains:
    """The chains of two companies, with a key and without, in a database.

    Attributes:
        database: The database.
        connection: A connection with a transaction that is not committed.
        chains: The entries as they were written.
    """

    database: Database
    connection: Connection
    chains: dict[tuple[str, str], Chain]

    def hand(self, how: str, chance: object) -> Hand:
        """Return an intruder at our chain who does the same each time."""
        return Hand(
            self.connection,
            f"{OURS}-{how}",
            f"{OTHERS}-{how}",
            self.chains[OURS, how],
            self.chains[OTHERS, how],
            random.Random(f"{chance} {how} {self.database.dialect}"),
        )

    def member(self, how: str, prefix: str = OURS) -> MemberDesk:
        """Return the desk of an owner, on the same connection."""
        return open_desk(self.connection, prefix, how).acting_as(subject_of(prefix, "owner"))


def open_desk(connection: Connection, prefix: str, how: str) -> ComplianceDesk:
    # Two companies never commit in the same instant, so that entries of one can be put among those of the other.
    clock = FrozenClock(NOW + timedelta(milliseconds=prefix == OTHERS))
    store = SqlStore(connection, clock=clock).for_company(f"{prefix}-{how}")
    return ComplianceDesk(store, clock=clock, audit_key=AUDIT_KEY if how == KEYED else None)


@pytest.fixture(scope="module", params=DATABASES)
def made(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chains]:
    with empty_database(request.param, request, tmp_path_factory.mktemp("chains")) as database:
        chains = {}
        with database.engine.begin() as connection:
            for prefix in (OURS, OTHERS):
                for how in (KEYED, OPEN):
                    desk = open_desk(connection, prefix, how)
                    desk.create_company(make.company(id=f"{prefix}-{how}"), subject_of(prefix, "owner"))
                    me = desk.acting_as(subject_of(prefix, "owner"))
                    for number in range(LENGTH - 1):
                        card = make.rate_card(id=f"card-{number % 7}", title=f"Rates {number}")
                        me.put_rate_card(card, key=f"{prefix}-{number}")
                    chains[prefix, how] = desk._config.store.audit(0, 1000)
        with database.engine.connect() as connection:
            yield Chains(database, connection, chains)


@pytest.fixture
def kept(made: Chains) -> Iterator[Chains]:
    """The chains, as they were written."""
    yield made
    made.connection.rollback()
    if made.database.dialect == "postgresql":
        # What was undone stays in its table, and each look takes longer.
        with made.database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM cc_audit")


@pytest.fixture(autouse=True)
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Chains of a test have several pages."""
    monkeypatch.setattr(auditing_module, "_PAGE", 25)


# What is expected, without our code


def anchor_of(chain: Chain) -> tuple[int, str]:
    return chain[-1].sequence, chain[-1].seal


def first_difference(chain: Chain, entries: Chain) -> int:
    """Return the place at which entries are no longer those of a chain; one after the shorter of them, if in none."""
    for number, (was, entry) in enumerate(zip(chain, entries, strict=False), start=1):
        if was != entry:
            return number
    return min(len(chain), len(entries)) + 1


def misfit(entries: Chain) -> int | None:
    """Say where entries are not as those that were sealed without a key; None if they are throughout."""
    seal = ""
    for number, entry in enumerate(entries, start=1):
        payload = json.dumps(
            [entry.actor, entry.action, entry.key, entry.fingerprint, entry.detail_hash], ensure_ascii=False
        )
        told = [seal, entry.sequence, entry.recorded_at.isoformat(timespec="microseconds"), _sha(payload)]
        seal = _sha(json.dumps(told))
        if entry.sequence != number or entry.seal != seal or _sha(entry.detail or "") != entry.detail_hash:
            return number
    return None


def _sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


# Tamperings


def test_every_column_of_the_audit_is_tampered_with() -> None:
    """But for the answer to a repeated request, which is no part of the chain, and for what makes it the company's."""
    assert {column.name for column in default_tables().audit.c} - {"company_id", "response"} == set(COLUMNS)


@pytest.mark.parametrize("how", [KEYED, OPEN])
def test_an_audit_chain_without_tampering_is_whole(kept: Chains, how: str) -> None:
    for prefix in (OURS, OTHERS):
        verification = kept.member(how, prefix).verify(anchor_of(kept.chains[prefix, how]))

        assert (LENGTH, None) == (verification.entries, verification.first_bad)
    assert (None if how == OPEN else 1) == misfit(kept.chains[OURS, how])


@pytest.mark.parametrize("name", KINDS)
def test_every_tampering_is_found_and_its_entry_named_with_key_and_anchor(kept: Chains, name: str) -> None:
    hand, me = kept.hand(KEYED, name), kept.member(KEYED)
    anchor = anchor_of(hand.chain)
    for _ in range(EACH if name != "rebuild" else EACH_WITHOUT):
        with hand.tampering(name) as entries:
            verification = me.verify(anchor=anchor)

            assert first_difference(hand.chain, entries) == verification.first_bad
            assert verification.problem
            # One that was inserted at the end stands after the anchored one.
            assert () == verification.cannot_detect or verification.first_bad == LENGTH + 1


@pytest.mark.parametrize("column", COLUMNS)
def test_an_edit_of_each_column_is_found_and_its_entry_named(kept: Chains, column: str) -> None:
    hand, me = kept.hand(KEYED, column), kept.member(KEYED)
    for _ in range(EACH_COLUMN):
        with hand.tampering(f"edit {column}") as entries:
            assert first_difference(hand.chain, entries) == me.verify(anchor_of(hand.chain)).first_bad


@pytest.mark.parametrize("name", KINDS)
def test_only_chains_that_were_cut_short_are_missed_without_an_anchor(kept: Chains, name: str) -> None:
    hand, me = kept.hand(KEYED, f"unanchored {name}"), kept.member(KEYED)
    for _ in range(EACH_WITHOUT):
        with hand.tampering(name) as entries:
            verification = me.verify()

            is_cut = entries == hand.chain[: len(entries)]
            assert (None if is_cut else first_difference(hand.chain, entries)) == verification.first_bad
            assert (NO_ANCHOR,) == verification.cannot_detect


@pytest.mark.parametrize("name", KINDS)
def test_a_chain_that_differs_from_its_anchor_is_found_without_a_key(kept: Chains, name: str) -> None:
    hand, me = kept.hand(OPEN, name), kept.member(OPEN)
    anchor = anchor_of(hand.chain)
    for _ in range(EACH_WITHOUT):
        with hand.tampering(name) as entries:
            verification = me.verify(anchor)

            # One that was sealed anew shows where it was anchored, or ends before; for until there it fits together.
            faults = [misfit(entries)]
            if len(entries) < LENGTH:
                faults.append(len(entries) + 1)
            elif entries[LENGTH - 1].seal != anchor[1]:
                faults.append(LENGTH)
            assert min((fault for fault in faults if fault is not None), default=None) == verification.first_bad
            assert NO_KEY_BUT_ANCHOR == verification.cannot_detect[0]


@pytest.mark.parametrize("name", KINDS)
def test_only_chains_that_fit_together_are_missed_without_key_and_anchor(kept: Chains, name: str) -> None:
    hand, me = kept.hand(OPEN, f"unanchored {name}"), kept.member(OPEN)
    for _ in range(EACH_WITHOUT):
        with hand.tampering(name) as entries:
            verification = me.verify()

            assert misfit(entries) == verification.first_bad
            assert (NO_KEY, NO_ANCHOR) == verification.cannot_detect


def test_every_cut_is_missed_without_an_anchor_and_most_new_chains_without_a_key(kept: Chains) -> None:
    """Or what is said not to be found would be said in vain."""
    missed = {}
    for how, name in ((KEYED, "truncate"), (OPEN, "truncate"), (OPEN, "splice"), (OPEN, "rebuild")):
        hand, me = kept.hand(how, "missed"), kept.member(how)
        outcomes = []
        for _ in range(20):
            with hand.tampering(name):
                outcomes.append(me.verify().is_whole)
        missed[how, name] = set(outcomes)

    both = {True, False}
    assert {
        (KEYED, "truncate"): {True},
        (OPEN, "truncate"): {True},
        (OPEN, "splice"): both,
        (OPEN, "rebuild"): both,
    } == (missed)


def test_entries_cut_off_after_the_anchor_are_missed_and_the_verification_says_so(kept: Chains) -> None:
    hand, me = kept.hand(KEYED, "cut"), kept.member(KEYED)
    early = anchor_of(hand.chain[:10])
    for length in reversed(range(LENGTH)):
        hand.delete(default_tables().audit.c.sequence > length)
        verification = me.verify(early)

        assert (length >= 10) is verification.is_whole
        told = ("entries cut off at the end are not missed down to 10, the one that was anchored",)
        assert (told if length > 10 else ()) == verification.cannot_detect


def test_a_detail_that_was_erased_is_no_fault_and_is_counted(kept: Chains) -> None:
    hand, me = kept.hand(KEYED, "erased"), kept.member(KEYED)
    for number in range(1, 4):
        hand.update(default_tables().audit.c.sequence == 4 * number, detail=None)
        verification = me.verify(anchor_of(hand.chain))

        assert verification.is_whole
        assert (
            f"the details of {number} entries were erased, and the chain does not show by which program",
        ) == verification.cannot_detect


def test_the_chain_of_a_company_never_stands_for_that_of_another(kept: Chains) -> None:
    """They are sealed with the same key, and without an anchor nothing else tells them apart."""
    hand = kept.hand(KEYED, "all")
    hand.delete(default_tables().audit.c.sequence > 0)
    hand.insert(*hand.other)

    assert hand.other == hand.entries()
    assert 1 == kept.member(KEYED).verify().first_bad


def test_another_audit_key_does_not_fit_the_chain(kept: Chains) -> None:
    store = SqlStore(kept.connection).for_company("ours-keyed")

    assert 1 == ComplianceDesk(store, audit_key=b"another key").acting_as(subject_of(OURS, "owner")).verify().first_bad


@pytest.mark.parametrize("sequence", [0, -1, -(2**63)])
def test_an_entry_that_is_put_before_the_first_is_found_or_is_never_shown(kept: Chains, sequence: int) -> None:
    hand, me = kept.hand(KEYED, "before"), kept.member(KEYED)
    first = hand.chain[0]
    earlier = first.recorded_at - timedelta(days=1)
    hand.insert(attrs.evolve(first, sequence=sequence, key="before", actor="somebody", recorded_at=earlier))

    verification = me.verify(anchor_of(hand.chain))
    shown = {audit_entry.sequence for after in (-(2**63), -2, -1) for audit_entry in me.audit_entries(after, 1000)}
    assert not verification.is_whole or sequence not in shown


@pytest.mark.parametrize("sequence", [0, -1, -(2**63)])
def test_an_entry_that_is_given_a_place_before_the_first_is_missed(kept: Chains, sequence: int) -> None:
    hand = kept.hand(KEYED, "before")
    hand.update(default_tables().audit.c.sequence == 9, sequence=sequence)

    assert kept.member(KEYED).verify(anchor_of(hand.chain)).first_bad in (1, 9)


def test_the_answers_to_repeated_requests_are_no_part_of_the_chain(kept: Chains) -> None:
    """So much is not promised, and `verify` says so where it is described."""
    hand = kept.hand(KEYED, "answers")
    hand.update(default_tables().audit.c.sequence > 0, response="{}")

    assert kept.member(KEYED).verify(anchor_of(hand.chain)).is_whole
    assert "results kept for repeated requests" in " ".join((AuditUseCases.verify.__doc__ or "").split())


# What is no entry at all

#: What each database lets an intruder write in the place of an instant.
NO_INSTANT = {
    "sqlite": [
        "''",
        "'yesterday'",
        "'2026-13-01T00:00:00.000000Z'",
        "'2026-06-01T15:00:00'",
        "'2026-06-01'",
        "17",
        "x'00ff'",
    ],
    "postgresql": ["'infinity'", "'-infinity'", "'0044-03-15 12:00:00+00 BC'", "'12026-06-01 15:00:00+00'"],
}
#: The same of a text. SQLite keeps whatever it is given.
NO_TEXT = {
    "sqlite": ["''", "x'00ff'", "CAST(x'ff' AS TEXT)", "17"],
    "postgresql": ["''", "chr(1)", "repeat('x', 100000)"],
}
#: The same of a number that fits.
NO_NUMBER = {
    "sqlite": ["'some'", "sequence + 0.5", "x'00'"],
    "postgresql": ["9223372036854775807", "-9223372036854775808"],
}


def spoilt(kept: Chains, sequence: int, column: str, value: str) -> str:
    """Write something into a column; return the answer: the entry, or whether the exception was one of ours."""
    savepoint = kept.connection.begin_nested()
    try:
        changed = kept.connection.exec_driver_sql(
            f"UPDATE cc_audit SET {column} = {value} WHERE company_id = 'ours-keyed' AND sequence = {sequence}"  # noqa: S608  # ours
        )
        assert 1 == changed.rowcount
        return str(kept.member(KEYED).verify(anchor_of(kept.chains[OURS, KEYED])).first_bad)
    except ContractorComplianceError:
        return "ours"
    except Exception as error:  # noqa: BLE001  # whoever asks says that this is wrong
        return f"{value}: {type(error).__name__}"
    finally:
        savepoint.rollback()


@pytest.mark.parametrize("sequence", [1, 2, 26, LENGTH])
def test_an_unreadable_instant_in_the_audit_is_a_bad_entry_or_an_error_of_the_library(
    kept: Chains, sequence: int
) -> None:
    answers = {spoilt(kept, sequence, "recorded_at", value) for value in NO_INSTANT[kept.database.dialect]}

    assert set() == answers - {str(sequence), "ours"}


@pytest.mark.parametrize("column", [column for column in COLUMNS if column not in ("sequence", "recorded_at")])
def test_a_non_text_in_the_audit_is_a_bad_entry_or_an_error_of_the_library(kept: Chains, column: str) -> None:
    answers = {spoilt(kept, 26, column, value) for value in NO_TEXT[kept.database.dialect]}

    assert set() == answers - {"26", "ours"}


@pytest.mark.parametrize("sequence", [1, 26, LENGTH])
def test_a_non_number_in_the_audit_is_a_bad_entry_or_an_error_of_the_library(kept: Chains, sequence: int) -> None:
    answers = {spoilt(kept, sequence, "sequence", value) for value in NO_NUMBER[kept.database.dialect]}

    assert set() == answers - {str(sequence), "ours"}


# The anchor


def test_the_anchor_receives_every_commit() -> None:
    """Of the first one too, and of those that nobody of the team makes: an invitation that is accepted."""
    from contractor_compliance.storage import MemoryStore

    told: list[tuple[str, int, str, datetime]] = []
    store = MemoryStore(clock=FrozenClock(NOW)).for_company("company-1")
    desk = ComplianceDesk(
        store,
        clock=FrozenClock(NOW),
        audit_key=AUDIT_KEY,
        anchor=lambda company, sequence, seal, at: told.append((company, sequence, seal, at)),
    )
    desk.create_company(make.company(), subject_of(OURS, "owner"))
    me = desk.acting_as(subject_of(OURS, "owner"))
    me.put_client(make.client(), key="once")
    me.put_client(make.client(), key="once")
    invited = me.invite_member("Kim Sample", role_ids=["recruiter"])
    desk.accept_invitation(str(invited.invitation), subject_of(OURS, "kim"))
    me.add_contractor(make.contractor())
    me.publish_rulebook(make.rulebook(make.gl_requirement()))

    commits = [("company-1", entry.sequence, entry.seal, entry.recorded_at) for entry in store.audit(0, 100)]
    # Of one that is repeated once more: perhaps the host has not heard of it.
    assert [*commits[:2], commits[1], *commits[2:]] == told
    assert me.verify(told[-1][1:3]).is_whole
