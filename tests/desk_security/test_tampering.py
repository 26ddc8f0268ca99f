"""What somebody does to an audit chain behind our back is found, and the entry is named; else it was said not to be.

Most tamperings are done to a copy of the chain that a database holds, which is then read page by page as from the
database; some, of every kind, are written to the database itself.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import attrs
import pytest

from contractor_compliance.desk import ComplianceDesk, Verification
from contractor_compliance.desk import auditing as auditing_module
from contractor_compliance.desk.auditing import AuditUses, verify_chain
from contractor_compliance.storage import AuditEntry, sha256_seal, text_hash
from contractor_compliance.storage.sql import SqlStore
from contractor_compliance.storage.sql.tables import usual_tables
from contractor_compliance.testing import FrozenClock
from contractor_compliance.testing import factories as make
from tests.desk_security.calls import AUDIT_KEY, NOW, OTHERS, OURS, subject_of
from tests.storage.databases import DATABASES, Database, empty_database

#: So many tamperings of each kind, with key and anchor, and so many where one of them is wanting.
EACH = 500
EACH_WITHOUT = 500 if os.environ.get("CC_DEEP") else 60
LENGTH = 16
KEYED, OPEN = "keyed", "open"

Chain = tuple[AuditEntry, ...]
Anchored = tuple[int, str] | None


@attrs.frozen
class Chains:
    """The chains of two companies, with a key and without, in a database."""

    database: Database
    chains: dict[tuple[str, str], Chain]


def open_desk(store: SqlStore, prefix: str, how: str) -> ComplianceDesk:
    # Two companies never commit in the same instant, so that entries of one can be put among those of the other.
    clock = FrozenClock(NOW + timedelta(milliseconds=prefix == OTHERS))
    return ComplianceDesk(
        store.for_company(f"{prefix}-{how}"), clock=clock, audit_key=AUDIT_KEY if how == KEYED else None
    )


@pytest.fixture(scope="module", params=DATABASES)
def kept(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chains]:
    with empty_database(request.param, request, tmp_path_factory.mktemp("chains")) as database:
        chains = {}
        with database.engine.begin() as connection:
            for prefix in (OURS, OTHERS):
                for how in (KEYED, OPEN):
                    store = SqlStore(connection, clock=FrozenClock(NOW + timedelta(milliseconds=prefix == OTHERS)))
                    desk = open_desk(store, prefix, how)
                    desk.found(make.company(id=f"{prefix}-{how}"), subject_of(prefix, "owner"))
                    me = desk.acting_as(subject_of(prefix, "owner"))
                    for number in range(LENGTH - 1):
                        card = make.rate_card(id=f"card-{number % 7}", title=f"Rates {number}")
                        me.put_rate_card(card, key=f"{prefix}-{number}")
                    chains[prefix, how] = store.for_company(f"{prefix}-{how}").audit(0, 1000)
        yield Chains(database, chains)


# Tamperings: each returns the chain as it is then, and the sequence of the first entry that is not as it was written


@attrs.frozen
class Tampered:
    """A chain after somebody was at it.

    Attributes:
        chain: The entries, in the order of their sequences.
        first_bad: Sequence of the first that is not as it was.
    """

    chain: Chain
    first_bad: int


Tampering = Callable[[random.Random, Chain, Chain], Tampered]


def _number(chance: random.Random, chain: Chain) -> int:
    return chance.randrange(len(chain))


def _replaced(chain: Chain, index: int, **changes: Any) -> Chain:
    return (*chain[:index], attrs.evolve(chain[index], **changes), *chain[index + 1 :])


def _numbered(chain: Sequence[AuditEntry]) -> Chain:
    return tuple(attrs.evolve(each, sequence=number) for number, each in enumerate(chain, start=1))


def _digest(chance: random.Random) -> str:
    return chance.randbytes(32).hex()


def edit_sequence(chance: random.Random, chain: Chain, _: Chain) -> Tampered:
    index = _number(chance, chain)
    other = chance.choice([-1, 0, len(chain) + chance.randrange(1, 10), 2**40])
    changed = sorted(_replaced(chain, index, sequence=other), key=lambda each: each.sequence)
    return Tampered(tuple(changed), index + 1)


def edit_recorded_at(chance: random.Random, chain: Chain, _: Chain) -> Tampered:
    index = _number(chance, chain)
    moved = chance.choice([-1, 1]) * timedelta(seconds=chance.randrange(1, 10**6), microseconds=7)
    return Tampered(_replaced(chain, index, recorded_at=chain[index].recorded_at + moved), index + 1)


def edit_detail(chance: random.Random, chain: Chain, _: Chain) -> Tampered:
    index = _number(chance, chain)
    told = chain[index].detail or ""
    return Tampered(
        _replaced(chain, index, detail=told.replace("card", "cord") + chance.choice(["", "x"]) + "."), index + 1
    )


def edit_detail_and_its_hash(chance: random.Random, chain: Chain, _: Chain) -> Tampered:
    index = _number(chance, chain)
    told = f'{{"id":"{_digest(chance)}"}}'
    return Tampered(_replaced(chain, index, detail=told, detail_hash=text_hash(told)), index + 1)


def edit_text(column: str) -> Tampering:
    def tamper(chance: random.Random, chain: Chain, _: Chain) -> Tampered:
        index = _number(chance, chain)
        told = getattr(chain[index], column)
        other = chance.choice([_digest(chance), f"{told} ", told[::-1] + "x", told.upper() + "y"])
        return Tampered(_replaced(chain, index, **{column: other}), index + 1)

    return tamper


def delete(chance: random.Random, chain: Chain, _: Chain) -> Tampered:
    index = chance.randrange(len(chain) - 1)
    end = index + chance.choice([1, 1, 2, 5])
    return Tampered((*chain[:index], *chain[end:]), index + 1)


def delete_and_renumber(chance: random.Random, chain: Chain, other: Chain) -> Tampered:
    index = chance.randrange(len(chain) - 1)
    return Tampered(_numbered((*chain[:index], *chain[index + 1 :])), index + 1)


def insert(chance: random.Random, chain: Chain, _: Chain) -> Tampered:
    """What is put in is sealed as well as it can be without the key."""
    index = _number(chance, chain)
    before = chain[index - 1] if index else None
    entry = attrs.evolve(
        chain[index],
        key=f"inserted {_digest(chance)}",
        actor="somebody",
        recorded_at=chain[index].recorded_at - timedelta(microseconds=chance.randrange(1, 10**9) * 1000 + 500),
    )
    sealed = attrs.evolve(
        entry, seal=sha256_seal(before.seal if before else "", index + 1, entry.recorded_at, entry.payload_hash)
    )
    return Tampered(_numbered((*chain[:index], sealed, *chain[index:])), index + 1)


def swap(chance: random.Random, chain: Chain, _: Chain) -> Tampered:
    first, second = sorted(chance.sample(range(len(chain)), 2))
    changed = [*chain]
    changed[first], changed[second] = changed[second], changed[first]
    return Tampered(_numbered(changed), first + 1)


def truncate(chance: random.Random, chain: Chain, _: Chain) -> Tampered:
    length = chance.randrange(len(chain))
    return Tampered(chain[:length], length + 1)


def splice(chance: random.Random, chain: Chain, other: Chain) -> Tampered:
    """Entries of another company, sealed with the same key, stand in the place of some of ours, or of all."""
    first = chance.choice([0, _number(chance, chain)])
    end = chance.choice([len(chain), chance.randrange(first + 1, len(chain) + 1)])
    return Tampered((*chain[:first], *other[first:end], *chain[end:]), first + 1)


def rebuild(chance: random.Random, chain: Chain, _: Chain) -> Tampered:
    """One entry is changed, and it and all that follow are sealed anew without the key."""
    index = _number(chance, chain)
    changed = [*_replaced(chain, index, actor="somebody", fingerprint=_digest(chance))]
    return Tampered(_resealed(changed, index), index + 1)


def rebuild_shorter(chance: random.Random, chain: Chain, other: Chain) -> Tampered:
    """Some are left out, and all that follow are sealed anew without the key."""
    shorter = delete_and_renumber(chance, chain, other)
    return Tampered(_resealed([*shorter.chain], shorter.first_bad - 1), shorter.first_bad)


def rebuild_with_a_gap(chance: random.Random, chain: Chain, other: Chain) -> Tampered:
    """Some are left out, and all that follow keep their numbers and are sealed anew without the key."""
    shorter = delete(chance, chain, other)
    return Tampered(_resealed([*shorter.chain], shorter.first_bad - 1), shorter.first_bad)


def _resealed(chain: list[AuditEntry], start: int) -> Chain:
    for index in range(start, len(chain)):
        before = chain[index - 1].seal if index else ""
        each = chain[index]
        chain[index] = attrs.evolve(each, seal=sha256_seal(before, each.sequence, each.recorded_at, each.payload_hash))
    return tuple(chain)


TAMPERINGS: dict[str, Tampering] = {
    "edit sequence": edit_sequence,
    "edit recorded_at": edit_recorded_at,
    "edit detail": edit_detail,
    "edit detail and its hash": edit_detail_and_its_hash,
    **{f"edit {each}": edit_text(each) for each in ("actor", "action", "key", "fingerprint", "detail_hash", "seal")},
    "delete": delete,
    "delete and renumber": delete_and_renumber,
    "insert": insert,
    "swap": swap,
    "truncate": truncate,
    "splice": splice,
    "rebuild": rebuild,
    "rebuild shorter": rebuild_shorter,
    "rebuild with a gap": rebuild_with_a_gap,
}


def test_each_column_is_tampered_with() -> None:
    """But for the answer to a repeated request, which is no part of the chain, and for what makes it the company's."""
    columns = {each.name for each in usual_tables().audit.c}

    assert columns - {"company_id", "response"} == {
        name.removeprefix("edit ") for name in TAMPERINGS if name.startswith("edit ") and " and " not in name
    }
    assert columns - {"company_id", "response"} == {each.name for each in attrs.fields(AuditEntry)}


# Looking through what is left


class _Copy:
    """A store whose audit chain is somebody's copy; read as the stores read theirs."""

    def __init__(self, chain: Chain) -> None:
        self._chain = chain

    def audit(self, after: int, limit: int) -> Chain:
        return tuple(each for each in self._chain if each.sequence > after)[:limit]


def verify(desk: ComplianceDesk, chain: Chain, anchor: Anchored) -> Verification:
    """Look through a copy of a chain, page by page as `verify` does."""
    copy: Any = _Copy(chain)
    uses = AuditUses(attrs.evolve(desk._setting, store=copy), subject_of(OURS, "owner"))
    return verify_chain(uses._chain(), uses._setting, anchor)


@pytest.fixture(autouse=True)
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Chains of a test have several pages."""
    monkeypatch.setattr(auditing_module, "_PAGE", 7)


def anchor_of(chain: Chain) -> tuple[int, str]:
    return chain[-1].sequence, chain[-1].seal


def misfit(chain: Chain) -> int | None:
    """Say, without our code, where a chain is not as one that was sealed without a key; None if it is throughout."""
    seal = ""
    # What has no number from 1 on is never read.
    for number, each in enumerate((each for each in chain if each.sequence > 0), start=1):
        payload = json.dumps(
            [each.actor, each.action, each.key, each.fingerprint, each.detail_hash], ensure_ascii=False
        )
        told = [seal, each.sequence, each.recorded_at.isoformat(timespec="microseconds"), _sha(payload)]
        seal = _sha(json.dumps(told))
        if each.sequence != number or each.seal != seal or _sha(each.detail or "") != each.detail_hash:
            return number
    return None


def _sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def tampered_with(
    kept: Chains, how: str, name: str, each: int = EACH_WITHOUT
) -> Iterator[tuple[ComplianceDesk, Chain, Tampered]]:
    """Yield the same tamperings each time, with the desk that looks through them and the chain as it was."""
    chance = random.Random(f"{name} {how} {kept.database.dialect}")
    desk = open_desk(SqlStore(kept.database.engine), OURS, how)
    chain, other = kept.chains[OURS, how], kept.chains[OTHERS, how]
    for _ in range(each):
        yield desk, chain, TAMPERINGS[name](chance, chain, other)


@pytest.mark.parametrize("how", [KEYED, OPEN])
def test_a_chain_that_nobody_was_at_is_whole(kept: Chains, how: str) -> None:
    for prefix in (OURS, OTHERS):
        desk, chain = open_desk(SqlStore(kept.database.engine), prefix, how), kept.chains[prefix, how]

        assert (LENGTH, None) == attrs.astuple(verify(desk, chain, anchor_of(chain)))[:2]
        assert (LENGTH, None) == attrs.astuple(desk.acting_as(subject_of(prefix, "owner")).verify(anchor_of(chain)))[:2]
    assert (None if how == OPEN else 1) == misfit(kept.chains[OURS, how])


@pytest.mark.parametrize("name", TAMPERINGS)
def test_with_key_and_anchor_every_tampering_is_found_and_its_entry_named(kept: Chains, name: str) -> None:
    for desk, chain, tampered in tampered_with(kept, KEYED, name, EACH):
        found = verify(desk, tampered.chain, anchor_of(chain))

        assert chain != tampered.chain
        assert (tampered.first_bad, ()) == (found.first_bad, found.cannot_detect)
        assert found.problem
        assert not found.is_whole


@pytest.mark.parametrize("name", TAMPERINGS)
def test_without_an_anchor_only_chains_that_were_cut_short_are_missed(kept: Chains, name: str) -> None:
    for desk, chain, tampered in tampered_with(kept, KEYED, name):
        found = verify(desk, tampered.chain, None)

        read = tuple(each for each in tampered.chain if each.sequence > 0)
        is_cut = read == chain[: len(read)]
        assert is_cut is found.is_whole
        assert is_cut or tampered.first_bad == found.first_bad
        assert ("without an anchor, entries cut off at the end are not missed",) == found.cannot_detect


@pytest.mark.parametrize("name", TAMPERINGS)
def test_without_a_key_a_chain_is_found_wherever_it_differs_from_its_anchor(kept: Chains, name: str) -> None:
    for desk, chain, tampered in tampered_with(kept, OPEN, name):
        found = verify(desk, tampered.chain, anchor_of(chain))

        # One that was sealed anew shows where it was anchored, or ends before; for until there it fits together.
        read = sum(each.sequence > 0 for each in tampered.chain)
        assert min(misfit(tampered.chain) or read + 1, LENGTH) == found.first_bad
        assert (
            "without an audit key, whoever can write to the store can make other entries after the anchored one",
        ) == found.cannot_detect


@pytest.mark.parametrize("name", TAMPERINGS)
def test_with_neither_only_chains_that_fit_together_are_missed(kept: Chains, name: str) -> None:
    for desk, _, tampered in tampered_with(kept, OPEN, name):
        found = verify(desk, tampered.chain, None)

        assert misfit(tampered.chain) == found.first_bad
        assert (
            "without an audit key, whoever can write to the store can make a whole new chain",
            "without an anchor, entries cut off at the end are not missed",
        ) == found.cannot_detect


def test_without_an_anchor_every_cut_is_missed_and_without_a_key_every_new_chain(kept: Chains) -> None:
    """Or what is said not to be found would be said in vain."""
    cut = [verify(desk, each.chain, None) for desk, _, each in tampered_with(kept, KEYED, "truncate")]
    made = [verify(desk, each.chain, None) for desk, _, each in tampered_with(kept, OPEN, "rebuild")]
    other = [verify(desk, each.chain, None) for desk, _, each in tampered_with(kept, OPEN, "splice")]

    assert {True} == {each.is_whole for each in (*cut, *made)}
    assert {True, False} == {each.is_whole for each in other}


def test_what_was_cut_off_after_the_anchor_is_missed_and_said_to_be(kept: Chains) -> None:
    desk, chain = open_desk(SqlStore(kept.database.engine), OURS, KEYED), kept.chains[OURS, KEYED]
    early = anchor_of(chain[:10])
    for length in range(LENGTH):
        found = verify(desk, chain[:length], early)

        assert (length >= 10) is found.is_whole
        told = ("entries cut off at the end are not missed down to 10, the one that was anchored",)
        assert (told if length > 10 else ()) == found.cannot_detect


def test_a_detail_that_was_erased_is_no_fault_and_is_counted(kept: Chains) -> None:
    desk, chain = open_desk(SqlStore(kept.database.engine), OURS, KEYED), kept.chains[OURS, KEYED]
    erased = chain
    for number in range(1, 4):
        erased = _replaced(erased, 4 * number, detail=None)
        found = verify(desk, erased, anchor_of(chain))

        assert found.is_whole
        assert (f"the details of {number} entries were erased, and it is not told by whom",) == found.cannot_detect


def test_the_chain_of_a_company_never_stands_for_that_of_another(kept: Chains) -> None:
    """They are sealed with the same key, and without an anchor nothing else tells them apart."""
    desk = open_desk(SqlStore(kept.database.engine), OURS, KEYED)

    assert 1 == verify(desk, kept.chains[OTHERS, KEYED], None).first_bad


def test_another_key_does_not_fit(kept: Chains) -> None:
    desk = ComplianceDesk(SqlStore(kept.database.engine).for_company("ours-keyed"), audit_key=b"another key")

    assert 1 == verify(desk, kept.chains[OURS, KEYED], None).first_bad


# In the database itself


@contextmanager
def at_the_database(kept: Chains, company_id: str, chain: Chain) -> Iterator[SqlStore]:
    """Put a chain in the place of a company's, by plain SQL, and forget it afterwards."""
    table = usual_tables().audit
    with kept.database.engine.connect() as connection:
        try:
            connection.execute(table.delete().where(table.c.company_id == company_id))
            rows = [{"company_id": company_id, "response": "", **attrs.asdict(each, recurse=False)} for each in chain]
            if rows:
                connection.execute(table.insert(), rows)
            yield SqlStore(connection, clock=FrozenClock(NOW))
        finally:
            connection.rollback()


@pytest.mark.parametrize("name", TAMPERINGS)
def test_what_was_done_to_the_database_is_found_and_its_entry_named(kept: Chains, name: str) -> None:
    for number, (_, chain, tampered) in enumerate(tampered_with(kept, KEYED, name)):
        if number == 8:
            break
        with at_the_database(kept, "ours-keyed", tampered.chain) as store:
            me = open_desk(store, OURS, KEYED).acting_as(subject_of(OURS, "owner"))

            assert tampered.first_bad == me.verify(anchor_of(chain)).first_bad


UPDATES = {
    "sequence": "sequence = sequence + 1000",
    "actor": "actor = 'somebody'",
    "action": "action = action || 's'",
    "key": "key = 'another'",
    "fingerprint": "fingerprint = detail_hash",
    "detail": "detail = '{}'",
    "detail_hash": "detail_hash = fingerprint",
    "seal": "seal = detail_hash",
}


@pytest.mark.parametrize("column", UPDATES)
@pytest.mark.parametrize("sequence", [1, 9, LENGTH])
def test_a_column_that_was_updated_is_found(kept: Chains, column: str, sequence: int) -> None:
    with kept.database.engine.connect() as connection:
        try:
            changed = connection.exec_driver_sql(
                f"UPDATE cc_audit SET {UPDATES[column]} WHERE company_id = 'ours-keyed' AND sequence = {sequence}"  # noqa: S608  # ours
            )
            assert 1 == changed.rowcount
            me = open_desk(SqlStore(connection), OURS, KEYED).acting_as(subject_of(OURS, "owner"))

            assert sequence == me.verify(anchor_of(kept.chains[OURS, KEYED])).first_bad
        finally:
            connection.rollback()


def test_the_answers_to_repeated_requests_are_no_part_of_the_chain(kept: Chains) -> None:
    """So much is not promised, and `verify` says so where it is described."""
    with kept.database.engine.connect() as connection:
        try:
            connection.exec_driver_sql("UPDATE cc_audit SET response = '{}' WHERE company_id = 'ours-keyed'")
            me = open_desk(SqlStore(connection), OURS, KEYED).acting_as(subject_of(OURS, "owner"))

            assert me.verify(anchor_of(kept.chains[OURS, KEYED])).is_whole
        finally:
            connection.rollback()
    assert "answers kept for repeated requests" in " ".join((AuditUses.verify.__doc__ or "").split())


# The anchor


def test_the_anchor_is_told_of_every_commit() -> None:
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
    desk.found(make.company(), subject_of(OURS, "owner"))
    me = desk.acting_as(subject_of(OURS, "owner"))
    me.put_client(make.client(), key="once")
    me.put_client(make.client(), key="once")
    invited = me.invite_member("Kim Sample", roles=["recruiter"])
    desk.accept_invitation(invited.id, subject_of(OURS, "kim"))
    me.add_contractor(make.contractor())
    me.publish_rulebook(make.rulebook(make.gl_requirement()))

    assert [("company-1", each.sequence, each.seal, each.recorded_at) for each in store.audit(0, 100)] == told
    assert me.verify(told[-1][1:3]).is_whole
