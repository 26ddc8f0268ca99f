"""The lines of a journal: each is a commit, or an instant that was read as known at."""

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

__all__ = ["asked_line", "changes_of", "commit_line", "record_of"]

#: The fields of `Changes` that a line has as they are.
_PLAIN = ("actor", "action", "key", "fingerprint", "response", "detail", "switch_to", "expects_sequence")


def asked_line(instant: datetime) -> Line:
    """Return the line of an instant that was read as known at."""
    return {"type": "asked", "at": instant.isoformat()}


def commit_line(changes: Changes, receipt: Receipt, seal: str) -> Line:
    """Return the line of a commit, which has tax ids in clear.

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
        "expects": [[*_parts(expectation.key), expectation.version] for expectation in changes.expects],
        "puts": [[*_parts(change.key), write_record(change.value)] for change in changes.puts],
        "removes": [_parts(key) for key in changes.removes],
        "standings": [
            [update.contractor_id, update.generation, *map(write_record, update.rows)] for update in changes.standings
        ],
    }


def record_of(line: Line) -> tuple[int, datetime]:
    """Return the sequence and the time of record of a commit."""
    return line["sequence"], datetime.fromisoformat(line["at"])


def changes_of(line: Line, current: Callable[[Sequence[Key]], Sequence[Record | None]]) -> Changes:
    """Return the changes of the line of a commit, to be committed again on replay.

    A value that cannot be read any more is put as `Unreadable`, so that it is reported in its place (promise 23).

    Args:
        line: The line.
        current: Returns the records on file. The contractor of a fact is put again unchanged, for its new version.
    """
    contents = {key: _content(key, text, line["records"]) for key, text in _keyed(line["puts"])}
    removes = tuple(_key(parts) for parts in line["removes"])
    owners = dict.fromkeys(key.aggregate for key in (*contents, *removes) if key.aggregate not in contents)
    contents |= {record.key: record.content for record in current(tuple(owners)) if record is not None}
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
    """Changes that were accepted when they were first committed.

    They touch no aggregate, so that the memory store does not check dossiers again. Otherwise a value that has become
    unreadable would make it refuse every later line of that contractor.
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
