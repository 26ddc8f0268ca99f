"""Delimited text as rows, with its encoding and its delimiter recognized or refused in words."""

from __future__ import annotations

import codecs
import csv
import io
import itertools
from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO, Final, TextIO

import attrs

from contractor_compliance.errors import DocumentError, Fault
from contractor_compliance.intake.results import letter_of

__all__ = ["CsvRow", "CsvTable", "read_csv"]

_DELIMITERS: Final = ",;\t|"
_SAMPLE: Final = 65_536
_MOST_COLUMNS: Final = 16_384  # what a spreadsheet has
_MARKS: Final = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
#: A zip archive (and so a workbook), and the older workbooks.
_WORKBOOKS: Final = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")


class CsvRow(dict[Any, Any]):
    r"""A record: its cells by header; what stands beyond the last header is a list under None.

    Attributes:
        line: The physical line on which it ends.

    Example:
        >>> from contractor_compliance.intake import read_csv
        >>> [(row["Name"], row.line) for row in read_csv(b"Name,City\nSample Rigging LLC,Reno\n")]
        [('Sample Rigging LLC', 2)]
    """

    line: int = 0


@attrs.frozen(kw_only=True)
class CsvTable:
    r"""A table in delimited text, to be gone through once.

    Attributes:
        fieldnames: The headers; an empty one is called by its letter, and one that repeats gets a number.
        delimiter: What parts the cells.
        encoding: How bytes were read; None for a text stream.
        warnings: What deserves a look: a guessed encoding, headers that were renamed.

    Example:
        >>> from contractor_compliance.intake import read_csv
        >>> table = read_csv(b"\xef\xbb\xbfName;City\r\nSample Rigging LLC;Reno\r\n")
        >>> table.fieldnames, table.delimiter, table.encoding
        (('Name', 'City'), ';', 'utf-8-sig')
    """

    fieldnames: tuple[str, ...]
    delimiter: str
    encoding: str | None
    warnings: tuple[Fault, ...]
    _records: Iterator[CsvRow] = attrs.field(repr=False)

    def __iter__(self) -> Iterator[CsvRow]:
        return self._records


def read_csv(
    source: bytes | BinaryIO | TextIO, *, delimiter: str | None = None, encoding: str | None = None, headers_at: int = 1
) -> CsvTable:
    r"""Read delimited text: bytes, or an open stream of bytes or text.

    Records come one by one, so that a file of any size can be read. Blank records come too, as empty rows, so that the
    number of a record is the one that a spreadsheet shows. Bytes are read as UTF-8 (with a byte order mark or
    without) or UTF-16; if they are neither, as Windows-1252, which holds Latin-1, with a warning. The delimiter is the
    one of comma, semicolon, tab and bar that parts the headers.

    Args:
        source: The text. A stream of text must be opened with `newline=""`.
        delimiter: What parts the cells; None = recognized from the headers.
        encoding: How bytes are read; None = recognized.
        headers_at: Number of the record that holds the headers; titles above it are skipped.

    Raises:
        DocumentError: If there are no headers, for a workbook, for text that was opened in the wrong encoding, and
            for a quotation mark that is never closed.

    Example:
        >>> [dict(row) for row in read_csv("Name\tCity\nCaf\u00e9 Sample\tReno\n".encode("utf-16"))]
        [{'Name': 'Café Sample', 'City': 'Reno'}]
        >>> read_csv(b"PK\x03\x04...")
        Traceback (most recent call last):
        contractor_compliance.errors.DocumentError: CSV is not valid:
          $ = a workbook: is no delimited text; export the sheet as CSV
    """
    text, encoding, warnings = _as_text(source, encoding)
    lines = _checked_lines(text)
    above = list(itertools.islice(lines, 200))
    marker = delimiter or _delimiter_of(above, headers_at)
    reader = csv.reader(itertools.chain(above, lines), delimiter=marker)
    header: list[str] = []
    for _ in range(headers_at):
        header = _next(reader, "holds no headers; it has fewer records")
    if not any(cell.strip() for cell in header):
        raise _refused("nothing", f"record {headers_at} holds no headers; say in headers_at which one does")
    if len(header) > _MOST_COLUMNS:
        raise _refused(f"{len(header):,} headers", f"at most {_MOST_COLUMNS:,} are read; is the delimiter another one?")
    names, renamed = _names(header)
    return CsvTable(
        fieldnames=names,
        delimiter=marker,
        encoding=encoding,
        warnings=(*warnings, *renamed),
        records=_rows(reader, names),
    )


def _as_text(
    source: bytes | BinaryIO | TextIO, encoding: str | None
) -> tuple[Iterable[str], str | None, tuple[Fault, ...]]:
    if isinstance(source, bytes | bytearray):
        source = io.BytesIO(source)
    if isinstance(source, io.TextIOBase) or isinstance(sample := source.read(0), str):
        return source, None, ()  # type: ignore[return-value]
    del sample
    stream = io.BufferedReader(source, _SAMPLE) if isinstance(source, io.RawIOBase) else source
    start: bytes = stream.read(_SAMPLE)  # type: ignore[assignment]
    if start.startswith(_WORKBOOKS):
        raise _refused("a workbook", "is no delimited text; export the sheet as CSV")
    warnings: tuple[Fault, ...] = ()
    if encoding is None:
        encoding = _encoding_of(start)
        if encoding == "cp1252":
            problem = "is not UTF-8 and is read as Windows-1252; save it as UTF-8, or name its encoding"
            warnings = (Fault("$", "the file", problem),)
    try:
        return (
            _decoded(itertools.chain((start,), _chunks(stream)), encoding),
            encoding,
            warnings,
        )
    except LookupError as error:
        raise _refused(repr(encoding), "is no encoding that Python knows") from error


def _chunks(stream: Any) -> Iterator[bytes]:
    while chunk := stream.read(_SAMPLE):
        yield chunk


def _decoded(chunks: Iterable[bytes], encoding: str) -> Iterator[str]:
    # A damaged character becomes U+FFFD, which makes its cell unreadable and no other.
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    return _lines(itertools.chain((decoder.decode(chunk) for chunk in chunks), _tail(decoder)))


def _tail(decoder: codecs.IncrementalDecoder) -> Iterator[str]:
    yield decoder.decode(b"", final=True)


def _lines(texts: Iterable[str]) -> Iterator[str]:
    """Yield lines with their ends: CR LF, LF or CR."""
    rest = ""
    for text in texts:
        rest += text
        # The last character may be the first half of an end of line.
        whole, rest = rest[:-1], rest[-1:]
        parts = io.StringIO(whole, newline="").readlines()
        is_open = bool(parts) and (not parts[-1].endswith(("\n", "\r")) or (parts[-1].endswith("\r") and rest == "\n"))
        if is_open:
            rest = parts.pop() + rest
        yield from parts
    yield from io.StringIO(rest, newline="").readlines()


def _encoding_of(start: bytes) -> str:
    for mark, name in _MARKS:
        if start.startswith(mark):
            return name
    zeros = [start[at:400:2].count(0) for at in (0, 1)]
    if max(zeros) > len(start[:400]) // 4:
        return "utf-16-be" if zeros[0] > zeros[1] else "utf-16-le"
    try:
        codecs.getincrementaldecoder("utf-8")().decode(start)
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def _checked_lines(lines: Iterable[str]) -> Iterator[str]:
    for number, line in enumerate(lines):
        if number == 0:
            if line.startswith(("\u00ff\u00fe", "\u00fe\u00ff")) or "\0" in line:
                raise _refused(
                    "the first line", "is UTF-16 that was opened in another encoding; open the file in binary"
                )
            line = line.removeprefix("\ufeff").removeprefix("\u00ef\u00bb\u00bf")  # noqa: PLW2901
        yield line.replace("\0", "\ufffd") if "\0" in line else line


def _delimiter_of(lines: list[str], headers_at: int) -> str:
    """Return what parts the headers: of the characters outside of quotes the one that occurs most."""
    counts = []
    for marker in _DELIMITERS:
        try:
            record = next(itertools.islice(csv.reader(lines, delimiter=marker), headers_at - 1, None), [])
        except csv.Error:
            record = []
        counts.append((len(record), marker))
    most, marker = max(counts, key=lambda count: count[0])
    rivals = [other for number, other in counts if number == most]
    if most > 1 and len(rivals) > 1:
        listed = " and ".join(map(repr, rivals))
        raise _refused("the headers", f"may be parted by {listed} alike; name the delimiter")
    return marker


def _names(header: list[str]) -> tuple[tuple[str, ...], list[Fault]]:
    names: dict[str, None] = {}
    warnings = []
    for at, cell in enumerate(header):
        text = " ".join(cell.split())
        name = text or f"column {letter_of(at)}"
        if name in names:
            name = next(other for number in itertools.count(2) if (other := f"{name} ({number})") not in names)
            warnings.append(Fault(f"$.column[{letter_of(at)}]", repr(text), f"repeats a header and is called {name!r}"))
        names[name] = None
    return tuple(names), warnings


def _rows(reader: Any, names: tuple[str, ...]) -> Iterator[CsvRow]:
    while True:
        try:
            cells = next(reader, None)
        except csv.Error as error:
            raise _refused(f"line {reader.line_num}", _reason(error)) from error
        if cells is None:
            return
        row = CsvRow(zip(names, cells, strict=False)) if cells else CsvRow()
        if len(cells) > len(names):
            row[None] = cells[len(names) :]
        row.line = reader.line_num
        yield row


def _next(reader: Any, problem: str) -> list[str]:
    try:
        record: list[str] | None = next(reader, None)
    except csv.Error as error:
        raise _refused(f"line {reader.line_num}", _reason(error)) from error
    if record is None:
        raise _refused("nothing", problem)
    return record


def _reason(error: csv.Error) -> str:
    if "limit" in str(error):
        return "begins or ends a cell of more than 131,072 characters; a quotation mark before it is never closed"
    return f"cannot be read: {error}"


def _refused(value: str, problem: str) -> DocumentError:
    return DocumentError("CSV", (Fault("$", value, problem),))
