"""Judges the licensed contractors of three states by what their boards keep on public record.

    python examples/licence_boards/run.py [--as-of YYYY-MM-DD] [--observed YYYY-MM-DD] [--rulebook FILE]
                                          [--json FILE] [FILE ...]

Each licence becomes one assignment in the register's state, open from the day judged, and is judged by what that
state asks of a licensee, or by a company's own rule book. README.md beside this file tells what the registers hold.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from datetime import date
from io import TextIOWrapper
from pathlib import Path

import attrs
from boards.extract import Extract, read_extract
from boards.judging import Judged, JudgedDay, judge, judged_day
from boards.printing import summary, table
from boards.table import FileError

from contractor_compliance.domain import RuleBook, parse_date
from contractor_compliance.errors import DocumentError, InvalidValueError
from contractor_compliance.serialization import loads

_HERE = Path(__file__).parent
_ROWS_UNREAD, _USAGE = 1, 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program and return its exit status."""
    parser = _parser()
    options = parser.parse_args(arguments)
    if options.json and options.json.resolve() in {path.resolve() for path in options.files}:
        parser.error(f"--json {options.json} is one of the files to read")
    files = options.files or [_nearby(path) for path in sorted((_HERE / "data").glob("*.csv"))]
    try:
        extracts = [read_extract(path, options.observed) for path in files]
        days = [judged_day(extract, options.as_of) if extract.records else None for extract in extracts]
        books = [_rulebook(options.rulebook or _own_rulebook(extract)) for extract in extracts]
        judged: list[Judged] = []
        for extract, day, book in zip(extracts, days, books, strict=True):
            print(_heading(extract, day, book))
            if day is not None:
                judged.extend(judge(extract, book, day))
        _print(judged)
        if options.json is not None:
            _write(options.json, judged)
    except FileError as error:
        print(error, file=sys.stderr)
        return _USAGE
    return _ROWS_UNREAD if _report_unread(extracts) else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description="Judge the licensed contractors in extracts of public registers: California CSLB, Oregon CCB, "
        "Washington L&I. Which register a file is of is found from its header.",
        epilog="Exit status: 0 if every row was read, whatever the verdicts; 1 if some rows could not be read (each "
        "is named on stderr; its licence is left out and the rest is judged); 2 for wrong usage or a file that "
        "cannot be read (then nothing is judged).",
    )
    parser.add_argument("files", nargs="*", type=Path, metavar="FILE", help="CSV files; none: the three in data/")
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
    return parser


def _day(text: str) -> date:
    try:
        return parse_date(text)
    except InvalidValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} {error.faults[0].problem}") from error


def _nearby(path: Path) -> Path:
    """Return a path as a reader of the output would write it."""
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path


def _own_rulebook(extract: Extract) -> Path:
    return _HERE / "rulebooks" / f"{extract.register.key}.json"


def _rulebook(path: Path) -> RuleBook:
    try:
        return loads(path.read_bytes(), RuleBook)
    except OSError as error:
        raise FileError(f"{path}: {error.strerror or error}") from error
    except DocumentError as error:
        raise FileError(f"{path}: {error}") from error


def _heading(extract: Extract, day: JudgedDay | None, book: RuleBook) -> str:
    counted = f"{extract.path}: {extract.register.board}, licences: {len(extract.records)}"
    if extract.unread:
        counted += f", rows that could not be read: {len(extract.unread)}"
    if day is None:
        return f"{counted}; nothing to judge"
    lines = [
        counted,
        f"  judged on {day.day} ({day.origin}) by {book.id} version {book.version}: {book.title or 'no title'}",
    ]
    if day.day != day.observed.day:
        lines.append(f"  current on {day.observed.day} ({day.observed.origin})")
    return "\n".join(lines)


def _print(judged: list[Judged]) -> None:
    if judged:
        print()
        for line in (*table(judged), "", *summary(judged)):
            print(line)


def _write(path: Path, judged: list[Judged]) -> None:
    answers = [attrs.asdict(each, value_serializer=_serialized) for each in judged]
    try:
        path.write_text(json.dumps(answers, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    except OSError as error:
        raise FileError(f"{path}: {error.strerror or error}") from error


def _serialized(_instance: object, _field: object, value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value


def _report_unread(extracts: list[Extract]) -> bool:
    unread = [(extract, each) for extract in extracts for each in extract.unread]
    for extract, each in unread:
        about = f" (licence {each.licence[:40]!r} left out)" if each.licence else ""
        print(f"{extract.path}: line {each.line}: {each.problem}{about}", file=sys.stderr)
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
