"""What the lines of a journal say: a commit, or an instant that was asked about."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any

import attrs
from contractor_compliance.errors import DocumentError
from contractor_compliance.results import StandingRow
from contractor_compliance.serialization import RECORD_VERSION, read_record, write_record
from contractor_compliance.storage import (
    VALUES,
    Changes,
    Expectation,
    Key,
    Kind,
    Put,
    Receipt,
    Record,
    StandingUpdate,
    Unreadable,
)

from contractor_compliance_jsonl.journal import Line

__all__ = ["asked_line", "commit_line", "recorded", "replayed"]

#: The fields of `Changes` that stand in a line as they are.
_PLAIN = ("actor", "action", "key", "fingerprint", "response", "detail", "switch_to", "expects_sequence")


def asked_line(asked: datetime) -> Line:
    """Return the line that says which instant was asked about."""
    return {"type": "asked", "at": asked.isoformat()}


def commit_line(changes: Changes, receipt: Receipt, seal: str) -> Line:
    """Return the line of a commit. It holds tax ids in clear.

    Raises:
        DocumentError: If a value cannot be written.
    """
    return {
        "type": "commit",
        "sequence": receipt.sequence,
        "at": receipt.recorded_at.isoformat(),
        "seal": seal,
        "records": RECORD_VERSION,
        **{name: getattr(changes, name) for name in _PLAIN},
        "expects": [[*_parts(each.key), each.version] for each in changes.expects],
        "puts": [[*_parts(each.key), write_record(each.value)] for each in changes.puts],
        "removes": [_parts(each) for each in changes.removes],
        "standings": [
            [each.contractor_id, each.generation, *map(write_record, each.rows)] for each in changes.standings
        ],
    }


def recorded(line: Line) -> tuple[int, datetime]:
    """Return the sequence and the time of record of a commit."""
    return line["sequence"], datetime.fromisoformat(line["at"])


def replayed(line: Line, current: Callable[[Sequence[Key]], Sequence[Record | None]]) -> Changes:
    """Return the changes of a commit, to be made again as they were.

    A value that cannot be read any more is put as `Unreadable`, so that it is reported in its place (promise 23).

    Args:
        line: The line.
        current: Returns what is on file. The contractor of a fact is put again as it stands: it gets a new version.
    """
    contents = {key: _content(key, text, line["records"]) for key, text in _keyed(line["puts"])}
    removes = tuple(_key(each) for each in line["removes"])
    owners = dict.fromkeys(key.aggregate for key in (*contents, *removes) if key.aggregate not in contents)
    contents |= {each.key: each.content for each in current(tuple(owners)) if each is not None}
    return _Replayed(
        **{name: line[name] for name in _PLAIN if name in line},  # a line of an earlier release may have fewer
        puts=tuple(Put(key, content) for key, content in contents.items()),
        removes=removes,
        expects=tuple(Expectation(key, version) for key, version in _keyed(line["expects"])),
        standings=tuple(
            StandingUpdate(id_, tuple(read_record(row, StandingRow, line["records"]) for row in rows), generation)
            for id_, generation, *rows in line["standings"]
        ),
        seal=lambda *_: line["seal"],
    )


@attrs.frozen(kw_only=True)
class _Replayed(Changes):
    """Changes that were found good when they were made.

    They touch nothing but what they put, so that nobody puts dossiers together again: with one value in it that has
    become unreadable, every later line of that contractor would be refused.
    """

    @property
    def touched(self) -> tuple[Key, ...]:
        return ()


def _content(key: Key, text: str, version: int) -> Any:
    try:
        return read_record(text, VALUES[key.kind], version)
    except DocumentError as error:
        return Unreadable(key, "; ".join(map(str, error.faults)))


def _parts(key: Key) -> list[str | None]:
    return [key.kind.value, key.id, key.contractor_id]


def _key(parts: Sequence[Any]) -> Key:
    kind, id_, contractor_id = parts
    return Key(Kind(kind), id_, contractor_id)


def _keyed(items: Sequence[Sequence[Any]]) -> Iterator[tuple[Key, Any]]:
    return ((_key(parts), item) for *parts, item in items)
