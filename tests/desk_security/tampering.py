"""What an intruder does to an audit chain behind our back: plain SQL on `cc_audit`, by repeatable chance."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import attrs
from sqlalchemy import ColumnElement, Connection, bindparam
from sqlalchemy.exc import IntegrityError

from contractor_compliance.storage import AuditEntry, sha256_seal, text_hash
from contractor_compliance.storage.sql.tables import default_tables

__all__ = ["COLUMNS", "TAMPERINGS", "Hand"]

_TABLE = default_tables().audit
_RESEAL = _TABLE.update().where(_TABLE.c.sequence == bindparam("at")).values(seal=bindparam("new"))
#: The columns of the chain, in the order of the fields of an entry.
COLUMNS = tuple(field.name for field in attrs.fields(AuditEntry))
#: More than any sequence here.
_FAR = 1_000_000

Chain = tuple[AuditEntry, ...]


@attrs.frozen
class Hand:
    """An intruder who may write to the table.

    Attributes:
        connection: Its connection; what it does is not committed.
        company_id: Whose chain it is at.
        other_id: A company from which it takes entries.
        chain: The chain as it was.
        other: The other company's.
        chance: What it does.
    """

    connection: Connection
    company_id: str
    other_id: str
    chain: Chain
    other: Chain
    chance: random.Random

    @contextmanager
    def tampering(self, name: str) -> Iterator[Chain]:
        """Tamper with the chain, and undo it afterwards; yield the entries that are there meanwhile.

        What by chance changes nothing, or gives two entries one key, is undone at once, and something else is done.
        """
        while True:
            try:
                if (entries := self._tampered(name)) != self.chain:
                    yield entries
                    return
            finally:
                self.connection.rollback()

    def _tampered(self, name: str) -> Chain:
        try:
            TAMPERINGS[name](self)
        except IntegrityError:
            return self.chain
        return self.entries()

    def entries(self) -> Chain:
        """Return what is in the table, whatever its sequence."""
        query = _TABLE.select().where(_TABLE.c.company_id == self.company_id).order_by(_TABLE.c.sequence)
        rows = self.connection.execute(query.with_only_columns(*(_TABLE.c[column] for column in COLUMNS)))
        return tuple(AuditEntry(*row) for row in rows)

    def sequence(self) -> int:
        """Return the sequence of one of the entries."""
        return self.chance.randint(1, len(self.chain))

    def entry(self, sequence: int) -> AuditEntry:
        """Return an entry as it was."""
        return self.chain[sequence - 1]

    def update(self, where: ColumnElement[bool], **values: Any) -> None:
        """Change some rows."""
        self.connection.execute(_TABLE.update().where(_TABLE.c.company_id == self.company_id, where).values(**values))

    def delete(self, where: ColumnElement[bool]) -> None:
        """Delete some rows."""
        self.connection.execute(_TABLE.delete().where(_TABLE.c.company_id == self.company_id, where))

    def insert(self, *entries: AuditEntry) -> None:
        """Insert rows."""
        rows = [{"company_id": self.company_id, "response": "{}", **attrs.asdict(entry)} for entry in entries]
        self.connection.execute(_TABLE.insert(), rows)

    def shift(self, after: int, by: int) -> None:
        """Give all rows that follow other sequences; in two steps, for no two may have the same meanwhile."""
        self.update(_TABLE.c.sequence > after, sequence=_TABLE.c.sequence + _FAR)
        self.update(_TABLE.c.sequence > _FAR, sequence=_TABLE.c.sequence - (_FAR - by))

    def reseal(self, start: int) -> None:
        """Seal the rows anew from one on, as well as it can be done without the key."""
        seal, seals = "", []
        for entry in self.entries():
            if entry.sequence >= start:
                seal = sha256_seal(seal, entry.sequence, entry.recorded_at, entry.payload_hash)
                seals.append({"at": entry.sequence, "new": seal})
            else:
                seal = entry.seal
        self.connection.execute(_RESEAL.where(_TABLE.c.company_id == self.company_id), seals)

    def digest(self) -> str:
        """Return what looks like a hash or a seal."""
        return self.chance.randbytes(32).hex()


Tampering = Callable[[Hand], object]


def _at(sequence: int) -> ColumnElement[bool]:
    return _TABLE.c.sequence == sequence


def _other_text(hand: Hand, text: str) -> str:
    """Return a text that is not the same: a letter of it, its case, its end, or all of it."""
    place = hand.chance.randrange(len(text)) if text else 0
    return hand.chance.choice(
        [hand.digest(), f"{text} ", text.swapcase(), text[:-1], text[:place] + "#" + text[place + 1 :]]
    )


def _edit_sequence(hand: Hand, sequence: int) -> None:
    length = len(hand.chain)
    hand.update(_at(sequence), sequence=hand.chance.choice([length + hand.chance.randint(1, 9), 2**40, 2**63 - 1]))


def _edit_recorded_at(hand: Hand, sequence: int) -> None:
    moved = timedelta(
        microseconds=hand.chance.choice([-1, 1]) * hand.chance.choice([1000, 10**6, 86_400 * 10**6]) + 500
    )
    hand.update(_at(sequence), recorded_at=hand.entry(sequence).recorded_at + moved)


def _edit_detail(hand: Hand, sequence: int) -> None:
    told = _other_text(hand, hand.entry(sequence).detail or "")
    hand.update(_at(sequence), detail=told)
    if hand.chance.random() < 0.5:
        hand.update(_at(sequence), detail_hash=text_hash(told))


def _edit_text(hand: Hand, sequence: int, column: str) -> None:
    told = getattr(hand.entry(sequence), column)
    # Of another entry, if no two need be different in it.
    borrowed = [] if column == "key" else [getattr(hand.entry(hand.sequence()), column)]
    hand.update(_at(sequence), **{column: hand.chance.choice([_other_text(hand, told), *borrowed])})


def edit(hand: Hand, column: str | None = None) -> None:
    """Change a column of one entry, or of several with one statement."""
    chosen = hand.chance.choice(COLUMNS) if column is None else column
    sequence = hand.sequence()
    if chosen in ("actor", "action", "fingerprint") and hand.chance.random() < 0.2:
        told = getattr(hand.entry(sequence), chosen)
        hand.update(_TABLE.c[chosen] == told, **{chosen: _other_text(hand, told)})
    elif chosen in ("sequence", "recorded_at", "detail"):
        {"sequence": _edit_sequence, "recorded_at": _edit_recorded_at, "detail": _edit_detail}[chosen](hand, sequence)
    else:
        _edit_text(hand, sequence, chosen)


def delete(hand: Hand) -> None:
    """Leave out one or some, and perhaps number those that follow anew."""
    sequence, count = hand.sequence(), hand.chance.choice([1, 1, 2, 5])
    hand.delete(_TABLE.c.sequence.between(sequence, sequence + count - 1))
    if hand.chance.random() < 0.5:
        hand.shift(sequence, -count)


def insert(hand: Hand) -> None:
    """Put one in, at any place or at the end: invented, a copy, or another company's; sealed, or with an old seal."""
    sequence = hand.chance.randint(1, len(hand.chain) + 1)
    model = hand.chance.choice([hand.entry(hand.sequence()), hand.chance.choice(hand.other)])
    entry = attrs.evolve(
        model,
        sequence=sequence,
        key=f"inserted {hand.digest()}",
        actor=hand.chance.choice(["somebody", model.actor]),
        recorded_at=model.recorded_at - timedelta(microseconds=hand.chance.randrange(1, 10**9) * 1000 + 500),
    )
    if hand.chance.random() < 0.7:
        before = hand.entry(sequence - 1).seal if sequence > 1 else ""
        entry = attrs.evolve(entry, seal=sha256_seal(before, sequence, entry.recorded_at, entry.payload_hash))
    hand.shift(sequence - 1, 1)
    hand.insert(entry)


def swap(hand: Hand) -> None:
    """Let two entries change places, or what they say in one column."""
    first, second = hand.chance.sample(range(1, len(hand.chain) + 1), 2)
    if hand.chance.random() < 0.5:
        for old, new in ((first, _FAR), (second, first), (_FAR, second)):
            hand.update(_at(old), sequence=new)
        return
    column = hand.chance.choice([column for column in COLUMNS if column != "sequence"])
    one, other = (getattr(hand.entry(position), column) for position in (first, second))
    between = one - timedelta(days=9) if column == "recorded_at" else hand.digest()
    for sequence, value in ((first, between), (second, one), (first, other)):
        hand.update(_at(sequence), **{column: value})


def truncate(hand: Hand) -> None:
    """Cut off the end, or all; perhaps let the head of the company fit."""
    length = hand.chance.randrange(len(hand.chain))
    hand.delete(_TABLE.c.sequence > length)
    if length and hand.chance.random() < 0.5:
        head, last = default_tables().head, hand.entry(length)
        changed = head.update().where(head.c.company_id == hand.company_id)
        hand.connection.execute(changed.values(sequence=length, seal=last.seal, recorded_at=last.recorded_at))


def splice(hand: Hand) -> None:
    """Put entries of another company, sealed with the same key, in the place of some of ours, or of all."""
    length = len(hand.chain)
    start = hand.chance.choice([1, hand.sequence()])
    end = hand.chance.choice([length, hand.chance.randint(start, length)])
    hand.delete(_TABLE.c.sequence.between(start, end))
    theirs = _TABLE.select().where(_TABLE.c.company_id == hand.other_id, _TABLE.c.sequence.between(start, end))
    rows = [{**row, "company_id": hand.company_id} for row in hand.connection.execute(theirs).mappings()]
    hand.connection.execute(_TABLE.insert(), rows)


def rebuild(hand: Hand) -> None:
    """Change one, or leave it out, with a gap or without; then seal all that follow anew without the key."""
    sequence, how = hand.chance.randrange(1, len(hand.chain)), hand.chance.choice(["change", "gap", "shorter"])
    if how == "change":
        hand.update(_at(sequence), actor="somebody", fingerprint=hand.digest())
    else:
        hand.delete(_at(sequence))
        if how == "shorter":
            hand.shift(sequence, -1)
    hand.reseal(sequence)


TAMPERINGS: dict[str, Tampering] = {
    "edit": edit,
    "delete": delete,
    "insert": insert,
    "swap": swap,
    "truncate": truncate,
    "splice": splice,
    "rebuild": rebuild,
    **{f"edit {column}": lambda hand, column=column: edit(hand, column) for column in COLUMNS},  # type: ignore[misc]
}
