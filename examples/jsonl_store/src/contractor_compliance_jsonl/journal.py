"""A file of JSON lines that several processes add to: each line is in it whole and safe, or not at all.

For POSIX systems and local disks: processes keep out of each other's way with `flock`.
"""

from __future__ import annotations

import fcntl
import functools
import json
import logging
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from io import FileIO
from pathlib import Path
from typing import Any

from contractor_compliance.errors import StorageError, StoreFailedError

__all__ = ["Journal", "Line"]

Line = dict[str, Any]

_LOG = logging.getLogger(__name__)


class Journal:
    """The file, and how far it has been replayed.

    Args:
        path: Where it is, or will be.
        header: Its first line, by which it is known.
    """

    def __init__(self, path: Path, header: Line) -> None:
        self.path = path
        self.end = 0  # of the lines that were replayed, in bytes
        self._header = header
        self.lock = threading.RLock()  # held by the thread that uses what was replayed

    @contextmanager
    def locked(self, replay: Callable[[Line], None], *, write: bool) -> Iterator[FileIO | None]:
        """Hold the file, alone or with other readers, once every new line is replayed; None if there is none to read.

        It is opened each time: a lock belongs to the open file, and so it holds between threads as between processes.
        """
        with self.lock, ExitStack() as stack:
            file = None
            with self._told():
                if write or self.end or self.path.exists():
                    # It holds tax ids in clear: for its owner alone. It has no buffer: nothing is left of a write that
                    # failed, to be written later.
                    opener = functools.partial(os.open, mode=0o600)
                    file = stack.enter_context(FileIO(self.path, "a+" if write else "r", opener=opener))
                    fcntl.flock(file, fcntl.LOCK_EX if write else fcntl.LOCK_SH)
                    self._catch_up(file, replay, write=write)
            yield file

    def append(self, file: FileIO, line: Line) -> None:
        """Add a line, and return when it is safe.

        Raises:
            StoreFailedError: If it could not be written; some of it may be there: cut it off.
        """
        with self._told():
            if not self.end:
                _sync_folder(self.path.parent)
                self._write(file, self._header)
            self._write(file, line)

    def cut(self, file: FileIO, end: int) -> None:
        """Take away what is after a place.

        Raises:
            OSError: If that cannot be done: what is in the file is not known.
        """
        file.truncate(end)
        os.fsync(file)

    def _write(self, file: FileIO, line: Line) -> None:
        text = json.dumps(line, ensure_ascii=False).encode()
        # The end of the line comes last, once all before it is safe: a line that has its end is whole.
        for part in (text, b"\n"):
            rest = part
            while rest:
                rest = rest[file.write(rest) :]
            os.fsync(file)
        self.end += len(text) + 1

    def _catch_up(self, file: FileIO, replay: Callable[[Line], None], *, write: bool) -> None:
        if os.fstat(file.fileno()).st_size < self.end:
            raise StoreFailedError(f"The journal {self.path} has lost lines that it had; open the store again.")
        file.seek(self.end)
        *lines, torn = file.read().split(b"\n")
        for text in lines:
            self._replay(text, replay)
            self.end += len(text) + 1
        if torn and write:
            # Whoever wrote it was stopped before the end, and has told nobody that it is there.
            _LOG.warning("%s: cut off an unfinished line of %d bytes", self.path, len(torn))
            self.cut(file, self.end)

    def _replay(self, text: bytes, replay: Callable[[Line], None]) -> None:
        try:
            line = json.loads(text)
            (replay if self.end else self._check_header)(line)
        except (LookupError, RecursionError, StorageError, TypeError, ValueError) as error:
            # A whole line that makes no sense is no accident of writing. Nothing is dropped, and nothing passed over.
            problem = f"The line at byte {self.end} of the journal {self.path} cannot be read: {error}"
            raise StoreFailedError(f"{problem}\nIt was left as it is; mend it, or bring the file back.") from error

    def _check_header(self, line: Line) -> None:
        if line != self._header:
            raise ValueError(f"the first should be {self._header}")

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Tell what goes wrong in the words of the port (promise 33)."""
        try:
            yield
        except OSError as error:
            raise StoreFailedError(f"The journal {self.path} could not be used: {error}") from error


def _sync_folder(path: Path) -> None:
    """See to it that a new file has its name after a crash."""
    folder = os.open(path, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
