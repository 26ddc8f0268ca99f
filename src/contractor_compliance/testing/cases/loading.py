"""Reads files and folders of scenario cases: their format, then every case of theirs."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import Any

from contractor_compliance.errors import DocumentError, Fault
from contractor_compliance.serialization.faults import shown
from contractor_compliance.testing.cases.case import Case
from contractor_compliance.testing.cases.readings import unknown_key
from contractor_compliance.testing.cases.tables import read_case

__all__ = ["CASE_FORMAT", "load_cases"]

#: What `format` says at the top of a file of cases; the number goes up when old files would mean something else.
CASE_FORMAT = "contractor-compliance-cases/1"
#: What `format` says in a table of rules, which holds no cases and may lie beside them.
RULES_FORMAT = "contractor-compliance-rules/1"


def load_cases(path: str | os.PathLike[str]) -> tuple[Case, ...]:
    r"""Return the cases of a file, or of every TOML file of a folder and the folders in it, in the order of names.

    A table of rules (`format = "contractor-compliance-rules/1"`) may lie among the files of a folder; it is passed
    over.

    Raises:
        DocumentError: A file, or a case, that cannot be read, with the file, the case and every fault at its path; two
            cases of one id; no case at all.

    Example:
        >>> import tempfile
        >>> from pathlib import Path
        >>> from contractor_compliance.errors import DocumentError
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     _ = Path(folder, "mine.toml").write_text('[[case]]\nid = "a"')
        ...     try:
        ...         load_cases(folder)
        ...     except DocumentError as error:
        ...         print(error)
        mine.toml is not valid:
          $.format = nothing: must stand at the top of the file: format = "contractor-compliance-cases/1"
    """
    root = Path(path)
    cases: list[Case] = []
    files: dict[str, str] = {}
    for file in _files(root):
        name = file.relative_to(root).as_posix() if root.is_dir() else file.name
        for table in _tables(file, name, passes_rules=root.is_dir()):
            case = read_case(table, name)
            if case.id in files:
                problem = f"is the id of a case in {files[case.id]} too; give every case an id of its own"
                raise DocumentError(f"{name}: {case.id}", (Fault("$.id", shown(case.id), problem),))
            files[case.id] = name
            cases.append(case)
    if not cases:
        raise DocumentError(
            root.name, (Fault("$.case", "nothing", "holds no case; give a file or a folder that does"),)
        )
    return tuple(cases)


def _files(root: Path) -> list[Path]:
    if root.is_dir():
        return sorted(root.rglob("*.toml"))
    if not root.is_file():
        raise DocumentError(str(root), (Fault("$", "nothing", "is no file and no folder; give the path of cases"),))
    return [root]


def _tables(file: Path, name: str, *, passes_rules: bool) -> list[dict[str, Any]]:
    """Return the tables of the cases in a file, once its format is the one that is read here."""
    try:
        document = tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise DocumentError(name, (Fault("$", "not shown", f"is no TOML in UTF-8: {error}"),)) from error
    stated = document.get("format")
    if passes_rules and stated == RULES_FORMAT:
        return []
    if stated is None:
        problem = f'must stand at the top of the file: format = "{CASE_FORMAT}"'
        raise DocumentError(name, (Fault("$.format", "nothing", problem),))
    if stated != CASE_FORMAT:
        problem = f'is no format that this release reads; it reads "{CASE_FORMAT}"'
        raise DocumentError(name, (Fault("$.format", shown(stated), problem),))
    if unknown := set(document) - {"format", "case"}:
        raise DocumentError(name, tuple(unknown_key(key, "$", ("format", "case"), "a file") for key in sorted(unknown)))
    tables = document.get("case", [])
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise DocumentError(name, (Fault("$.case", shown(tables), "must be an array of tables: [[case]]"),))
    return tables
