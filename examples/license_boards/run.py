"""Judges the licensed contractors of three states by what their boards keep on public record.

    python examples/license_boards/run.py [--as-of YYYY-MM-DD] [--observed YYYY-MM-DD] [--rulebook FILE]
                                          [--json FILE] [--store URL [--known-at INSTANT]] [FILE ...]

Each license becomes one assignment in the register's state, open from the day judged, and is judged by what that
state asks of a licensee, or by a company's own rule book. With a store, what the files say is saved, and what is
judged is read back. README.md beside this file tells what the registers hold.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import sys
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time
from io import TextIOWrapper
from pathlib import Path

import attrs
from boards.dockets import extract_docket, stored_docket
from boards.extract import REGISTERS, Extract, read_extract
from boards.judging import Docket, Judged, judge
from boards.printing import summary, table
from boards.saving import save
from boards.stored import make_tables, shelves, spelt, store_of
from boards.table import FileError

from contractor_compliance.domain import parse_date
from contractor_compliance.errors import ContractorComplianceError, InvalidValueError
from contractor_compliance.storage import Clock, UnboundStore, open_store, utc_now

_HERE = Path(__file__).parent
_ROWS_UNREAD, _USAGE = 1, 2


def main(arguments: Sequence[str] | None = None, *, clock: Clock = utc_now) -> int:
    """Run the program and return its exit status."""
    options = _options(arguments)
    saved: list[str] = []
    try:
        if options.store is None:
            extracts = _extracts(options, options.files or _shipped())
            judged = _judged(_dockets(options, extracts))
        else:
            extracts, judged = _by_store(options, clock, saved)
        _print(judged)
        for line in ("", "Saved", *saved) if saved else ():
            print(line)
        if options.json is not None:
            _write(options.json, judged)
    except (FileError, ContractorComplianceError) as error:
        print(error, file=sys.stderr)
        for line in saved:
            print(f"Saved before that: {line}", file=sys.stderr)
        return _USAGE
    return _ROWS_UNREAD if _report_unread(extracts) else 0


def _by_store(options: argparse.Namespace, clock: Clock, saved: list[str]) -> tuple[list[Extract], list[Judged]]:
    """Save the extracts, if there are any, and judge what is on file; `saved` takes what is to be reported of each."""
    extracts = _extracts(options, options.files)
    dockets = _dockets(options, extracts)
    if options.known_at is None and make_tables(options.store):
        print("The database had no tables of ours; they were made.")
    with contextlib.closing(open_store(options.store, clock=clock)) as store:
        if not extracts:
            on_file = shelves(store, options.known_at)
            if on_file:
                stored = [stored_docket(shelf, as_of=options.as_of, rulebook=options.rulebook) for shelf in on_file]
                return [], _judged(stored)
            if options.known_at is not None:
                raise FileError(f"Nothing was on file at {spelt(options.known_at)}.")
            extracts = _extracts(options, _shipped())
            dockets = _dockets(options, extracts)
        return extracts, _judged(_saved(store, extracts, dockets, saved))


def _saved(store: UnboundStore, extracts: list[Extract], dockets: list[Docket], saved: list[str]) -> list[Docket]:
    """Save extracts, of each register the oldest first, and return their dockets with what is then on file."""
    told = [(extract, docket) for extract, docket in zip(extracts, dockets, strict=True) if extract.records]
    for extract, docket in sorted(told, key=lambda pair: _place(pair[0])):
        saved.append(save(store_of(store, extract.register), extract, docket.book))
    on_file = {shelf.register.key: shelf for shelf in shelves(store, None)}
    return [
        on_file[extract.register.key].filled(docket) if extract.records else docket
        for extract, docket in zip(extracts, dockets, strict=True)
    ]


def _place(extract: Extract) -> tuple[int, date]:
    return REGISTERS.index(extract.register), extract.observation.day if extract.observation else date.min


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = _parser()
    options = parser.parse_args(arguments)
    if options.json and options.json.resolve() in {path.resolve() for path in options.files}:
        parser.error(f"--json {options.json} is one of the files to read")
    if options.known_at is not None and options.store is None:
        parser.error("--known-at asks what a store knew; name it with --store")
    if options.known_at is not None and options.files:
        parser.error("--known-at asks what was on file then; what is read now cannot have been: give no FILE")
    return options


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description="Judge the licensed contractors in extracts of public registers: California CSLB, Oregon CCB, "
        "Washington L&I. Which register a file is of is found from its header.",
        epilog="Exit status: 0 if every row was read, whatever the verdicts; 1 if some rows could not be read (each "
        "is named on stderr; its license is left out and the rest is judged); 2 for wrong usage, a file that "
        "cannot be read, or a store that cannot be used or refuses (then nothing is judged).",
    )
    parser.add_argument(
        "files",
        nargs="*",
        type=Path,
        metavar="FILE",
        help="CSV files; none: what is in the store, else the three in data/",
    )
    parser.add_argument(
        "--as-of",
        type=_day,
        metavar="DAY",
        help="the day to judge, YYYY-MM-DD; default: the day on which each file was current, never today. A file that "
        "does not say when it was current is taken to be of this day",
    )
    parser.add_argument(
        "--observed",
        type=_day,
        metavar="DAY",
        help="the day on which files were current whose rows carry no dates of update and that have no "
        "NAME.observed.toml (or .json) beside them",
    )
    parser.add_argument(
        "--rulebook",
        type=Path,
        metavar="FILE",
        help="judge by this rule book, such as rulebooks/hiring_company.json; default: what the register's state asks",
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the answers there, as one JSON array")
    parser.add_argument(
        "--store",
        metavar="URL",
        help="save there what the files say, and judge what is on file: sqlite:///licenses.db, "
        "postgresql://user@host/database, memory://, or the URL of a store that is installed. A database without "
        "tables gets them",
    )
    parser.add_argument(
        "--known-at",
        type=_instant,
        metavar="INSTANT",
        help="judge what the store knew at that instant, 2026-07-01T12:00:00Z, or at the end of that day, UTC",
    )
    return parser


def _day(text: str) -> date:
    try:
        return parse_date(text)
    except InvalidValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} {error.faults[0].problem}") from error


def _instant(text: str) -> datetime:
    with contextlib.suppress(InvalidValueError):
        return datetime.combine(parse_date(text), time.max, UTC)
    with contextlib.suppress(ValueError):
        instant = datetime.fromisoformat(text)
        if instant.utcoffset() is not None:
            return instant
    raise argparse.ArgumentTypeError(f"{text!r} must be an instant with its zone, 2026-07-01T12:00:00Z, or a day")


def _shipped() -> list[Path]:
    return [_nearby(path) for path in sorted((_HERE / "data").glob("*.csv"))]


def _nearby(path: Path) -> Path:
    """Return a path as a reader of the output would write it."""
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path


def _extracts(options: argparse.Namespace, files: Iterable[Path]) -> list[Extract]:
    return [read_extract(path, options.observed) for path in files]


def _dockets(options: argparse.Namespace, extracts: Iterable[Extract]) -> list[Docket]:
    return [extract_docket(extract, as_of=options.as_of, rulebook=options.rulebook) for extract in extracts]


def _judged(dockets: Iterable[Docket]) -> list[Judged]:
    judged: list[Judged] = []
    for docket in dockets:
        print(docket.heading)
        judged.extend(judge(docket))
    return judged


def _print(judged: list[Judged]) -> None:
    if judged:
        print()
        for line in (*table(judged), "", *summary(judged)):
            print(line)


def _write(path: Path, judged: list[Judged]) -> None:
    answers = [attrs.asdict(license_, value_serializer=_serialized) for license_ in judged]
    try:
        path.write_text(json.dumps(answers, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    except OSError as error:
        raise FileError(f"{path}: {error.strerror or error}") from error


def _serialized(_instance: object, _field: object, value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value


def _report_unread(extracts: list[Extract]) -> bool:
    unread = [(extract, row) for extract in extracts for row in extract.unread]
    for extract, row in unread:
        about = f" (license {row.license[:40]!r} left out)" if row.license else ""
        print(f"{extract.path}: line {row.line}: {row.problem}{about}", file=sys.stderr)
    if unread:
        print(f"Rows that could not be read: {len(unread)}", file=sys.stderr)
    return bool(unread)


if __name__ == "__main__":
    if isinstance(sys.stdout, TextIOWrapper):
        # A terminal that cannot show a letter of an insurer's name is no reason to stop.
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        status = main()
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever read our output has seen enough, as `head` does.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = 0
    sys.exit(status)
