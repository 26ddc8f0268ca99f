from __future__ import annotations

import io
import itertools

import pytest

from contractor_compliance.errors import DocumentError
from contractor_compliance.intake import read_csv

TEXT = 'Name,City\r\n"Caf\u00e9 Sample, LLC","Reno"\r\nSample Two,\u00d6stersund\r\n'
ROWS = [{"Name": "Caf\u00e9 Sample, LLC", "City": "Reno"}, {"Name": "Sample Two", "City": "\u00d6stersund"}]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "latin-1", "cp1252"])
def test_each_usual_encoding_is_read(encoding: str) -> None:
    table = read_csv(TEXT.encode(encoding))

    assert ROWS == [dict(row) for row in table]
    assert (encoding in ("latin-1", "cp1252")) is bool(table.warnings)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_each_usual_delimiter_is_recognized(delimiter: str) -> None:
    table = read_csv(TEXT.replace("Name,City", f"Name{delimiter}City").replace('","', f'"{delimiter}"').encode())

    assert delimiter == table.delimiter
    assert ROWS[0] == dict(next(iter(table)))


def test_headers_that_two_delimiters_part_alike_are_refused() -> None:
    with pytest.raises(DocumentError, match="name the delimiter"):
        read_csv(b"a,b;c\n")


@pytest.mark.parametrize("make", [io.BytesIO, lambda data: io.StringIO(data.decode(), newline="")])
def test_an_open_stream_of_bytes_or_text_is_read(make) -> None:
    assert ROWS == [dict(row) for row in read_csv(make(TEXT.encode()))]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_cells_keep_their_line_ends_wherever_the_chunks_end(end: str) -> None:
    for length in (65_530, 65_534, 65_535, 65_536, 65_537):
        cell = "x" * length
        text = f'A,B{end}{cell},"1{end}2"{end}y,z{end}'
        assert [[cell, f"1{end}2"], ["y", "z"]] == [list(row.values()) for row in read_csv(text.encode())]


def test_blank_records_come_as_empty_rows_and_lines_are_counted() -> None:
    rows = list(read_csv(b'A,B\n1,2\n\n"x\ny",3\n'))

    assert [(2, 2), (0, 3), (2, 5)] == [(len(row), row.line) for row in rows]


def test_a_large_file_is_read_record_by_record() -> None:
    class Endless(io.RawIOBase):
        def readable(self) -> bool:
            return True

        def readinto(self, buffer) -> int:
            buffer[:] = (b"1,2\n" * (len(buffer) // 4 + 1))[: len(buffer)]
            return len(buffer)

    assert 1000 == len(list(itertools.islice(read_csv(io.BufferedReader(Endless())), 1000)))


def test_a_header_without_a_text_or_that_repeats_gets_a_name() -> None:
    table = read_csv(b"Exp,,Exp\n1,2,3\n")

    assert ("Exp", "column B", "Exp (2)") == table.fieldnames
    assert ["'Exp'"] == [warning.value for warning in table.warnings]


def test_titles_above_the_headers_are_skipped() -> None:
    assert [{"A": "1", "B": "2"}] == [dict(row) for row in read_csv(b"Report of June\n\nA,B\n1,2\n", headers_at=3)]


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        (b"", "holds no headers"),
        (b"\n1,2\n", "holds no headers"),
        (b"PK\x03\x04rest", "export the sheet as CSV"),
        (io.StringIO("\u00ff\u00feN\0a\0"), "open the file in binary"),
        (b",".join(b"c%d" % number for number in range(20_000)), "at most 16,384 are read"),
    ],
)
def test_what_is_no_table_is_refused_with_the_reason(source, problem: str) -> None:
    with pytest.raises(DocumentError, match=problem):
        read_csv(source)


def test_a_quotation_mark_that_is_never_closed_is_refused() -> None:
    table = read_csv(b'A,B\n1,2\n"3,4\n' + b"5,6\n" * 40_000)

    with pytest.raises(DocumentError, match="never closed"):
        list(table)


def test_a_damaged_character_spoils_its_cell_alone() -> None:
    rows = list(read_csv(b"A,B\n" + b"x,y\n" * 20_000 + b"\xff1,2\n"))

    assert ["\ufffd1", "2"] == list(rows[-1].values())


def test_an_unknown_encoding_is_refused() -> None:
    with pytest.raises(DocumentError, match="no encoding"):
        list(read_csv(b"A,B\n", encoding="utf-99"))
