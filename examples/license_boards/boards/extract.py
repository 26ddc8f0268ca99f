"""Reads an extract: finds which register it is of, reads its rows, and learns on which day it was current."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator, Mapping
from datetime import date
from itertools import chain
from pathlib import Path
from typing import Any

import attrs

from boards.california import CALIFORNIA
from boards.dossiers import current, dossier, insurers
from boards.entry import Entry
from boards.oregon import OREGON
from boards.register import Register
from boards.table import FileError, Row, RowError, Table, Unread, read_table
from boards.washington import WASHINGTON
from contractor_compliance.domain import Carrier, Dossier, parse_date
from contractor_compliance.errors import InvalidValueError

__all__ = ["REGISTERS", "Extract", "Observation", "Record", "read_extract"]

REGISTERS = (CALIFORNIA, OREGON, WASHINGTON)


@attrs.frozen
class Observation:
    """The day on which an extract was current, and who says so."""

    day: date
    origin: str


@attrs.frozen
class Record:
    """One license as an extract has it.

    Attributes:
        id: The license.
        lines: The lines of the file that speak of it.
        notes: What the register says besides, and is not judged.
        entries: What its rows say, those that stand.
    """

    id: str
    lines: tuple[int, ...]
    notes: tuple[str, ...]
    entries: tuple[Entry, ...]

    def seen_on(self, observed: date) -> date:
        """Return the day of which its rows speak: their own, else that on which the file was current."""
        return self.entries[0].observed or observed


@attrs.frozen
class Extract:
    """A file of a register.

    Attributes:
        path: Where it stands.
        register: The register that it is of.
        observation: When it was current; None = nobody says.
        records: Its licenses, in the order of the file, without those of which a row could not be read: half a
            record must not be judged as if it were the whole.
        unread: The rows that could not be read, in the order of the file.
        carriers: What its licenses say of the insurers, by their normal name.
        sha256: Digest of the file, in hexadecimal.
    """

    path: Path
    register: Register
    observation: Observation | None
    records: tuple[Record, ...]
    unread: tuple[Unread, ...]
    carriers: Mapping[str, Carrier]
    sha256: str

    def dossier(self, record: Record, *, observed: date, start: date, seen: Mapping[str, date] = {}) -> Dossier:
        """Return the dossier of a license.

        Args:
            record: The license.
            observed: The day on which the extract was current, for rows that do not say.
            start: First day of the assignment.
            seen: The days on which earlier extracts first saw cover, by its id.
        """
        return dossier(self.register, record.entries, self.carriers, observed=observed, start=start, seen=seen)


def read_extract(path: Path, observed: date | None = None) -> Extract:
    """Read the extract at `path`.

    Args:
        path: A CSV file.
        observed: The day on which it was current, if neither its rows nor a file beside it say so.

    Raises:
        FileError: If it cannot be read, or is of no register that this program knows.
    """
    table = read_table(path)
    register = _register(table)
    entries: list[Entry] = []
    unread = [_unread(register, broken.remains, broken.problem) for broken in table.broken]
    for row in table.rows:
        try:
            entries.append(register.read(row))
        except RowError as error:
            unread.append(_unread(register, row, str(error)))
    left_out = {unread_row.license for unread_row in unread}
    observation = _observation(path, entries, observed)
    records = tuple(_records([entry for entry in entries if entry.id not in left_out], observation))
    return Extract(
        path=path,
        register=register,
        observation=observation,
        records=records,
        unread=tuple(sorted(unread, key=lambda unread_row: unread_row.line)),
        carriers=insurers(entry for record in records for entry in record.entries),
        sha256=table.sha256,
    )


def _unread(register: Register, row: Row, problem: str) -> Unread:
    try:
        license_id = row.license(*register.columns[0])
    except RowError:
        license_id = None  # not even that can be read
    return Unread(row.line, problem, license_id)


def _register(table: Table) -> Register:
    lacks = {register: register.lacks(table.columns) for register in REGISTERS}
    matching = [register for register, columns in lacks.items() if not columns]
    if len(matching) == 1:
        return matching[0]
    if matching:
        boards = " and ".join(register.board for register in matching)
        raise FileError(f"{table.path}: has the columns of {boards} together; which is it?")
    nearest = min(REGISTERS, key=lambda register: len(lacks[register]) / len(register.columns))
    raise FileError(
        f"{table.path}: is no extract that this program knows ({', '.join(register.board for register in REGISTERS)}); "
        f"it is nearest to {nearest.board}, without the columns {', '.join(lacks[nearest])}"
    )


def _records(entries: list[Entry], observation: Observation | None) -> Iterator[Record]:
    licenses: dict[str, list[Entry]] = {}
    for entry in entries:
        licenses.setdefault(entry.id, []).append(entry)
    for license_id, rows in licenses.items():
        standing = current(rows, observation.day if observation else date.min)
        notes = chain.from_iterable(entry.notes for entry in standing)
        older = [str(entry.line) for entry in rows if entry not in standing]
        yield Record(
            id=license_id,
            lines=tuple(entry.line for entry in rows),
            notes=(
                *dict.fromkeys(notes),
                *((f"line {', '.join(older)} is what the register said before",) if older else ()),
            ),
            entries=tuple(standing),
        )


def _observation(path: Path, entries: list[Entry], observed: date | None) -> Observation | None:
    newest = max((entry.observed for entry in entries if entry.observed), default=None)
    if newest:
        return Observation(newest, "newest date of a row")
    beside = [path.with_suffix(f".observed.{kind}") for kind in ("toml", "json")]
    sidecars = [sidecar for sidecar in beside if sidecar.exists()]
    if len(sidecars) > 1:
        raise FileError(f"{path}: has both {sidecars[0].name} and {sidecars[1].name} beside it; keep one of them")
    if sidecars:
        return _sidecar(sidecars[0])
    return Observation(observed, "--observed") if observed else None


def _sidecar(path: Path) -> Observation:
    """Read the note beside an extract: `observed_on`, a day, and `according_to`, who says so."""
    try:
        text = path.read_text(encoding="utf-8")
        note: Any = tomllib.loads(text) if path.suffix == ".toml" else json.loads(text)
    except (OSError, ValueError) as error:
        raise FileError(f"{path}: {error}") from error
    if not isinstance(note, dict) or set(note) != {"observed_on", "according_to"}:
        raise FileError(f"{path}: must hold observed_on, a day, and according_to, who says so, and nothing else")
    day, source = note["observed_on"], note["according_to"]
    try:
        day = parse_date(day) if isinstance(day, str) else day
    except InvalidValueError as error:
        raise FileError(f"{path}: observed_on: {error.faults[0].problem}") from error
    if type(day) is not date:
        raise FileError(f"{path}: observed_on must be a day: 2026-08-01")
    if not isinstance(source, str) or not source.strip():
        raise FileError(f"{path}: according_to must say who says so")
    return Observation(day, f"{path.name}: {source.strip()}")
