"""What a register is to this program: columns by which a file is known, and a way to read one row."""

from __future__ import annotations

from collections.abc import Callable

import attrs

from boards.entry import Entry
from boards.table import Row, column_key
from contractor_compliance.domain import State

__all__ = ["Columns", "Register"]

#: The spellings under which extracts give one column.
Columns = tuple[str, ...]


@attrs.frozen(kw_only=True)
class Register:
    """A public register of licensed contractors.

    Attributes:
        key: Short name; also the name of its rule book.
        board: The board that keeps it.
        state: The state.
        columns: The columns that are judged, that of the license first. A file without one of them is refused: a
            missing column of cancellations would make every policy look uncancelled.
        read: Reads one row.
    """

    key: str
    board: str
    state: State
    columns: tuple[Columns, ...]
    read: Callable[[Row], Entry]

    def lacks(self, present: dict[str, str]) -> list[str]:
        """Return the columns that a file with the columns `present`, by key, does not have."""
        return [names[0] for names in self.columns if not any(column_key(name) in present for name in names)]
