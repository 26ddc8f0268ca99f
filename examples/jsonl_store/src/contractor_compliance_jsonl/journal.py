"""A file of JSON lines to which several processes append: each line is in it whole and synced, or not at all.

It works on POSIX systems and local disks, because processes lock the file with `flock`.
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
    """The journal file of a company, and the position up to which it has been replayed.

    Args:
        path: The path of the file, which need not exist yet.
        header: The first line of the file, which identifies it.
    """

    def __init__(self, path: Path, header: Line) -> None:
        self.path = path
        self.end = 0  # the end of the replayed lines, in bytes
        self._header = header
        self.lock = threading.RLock()  # held by the thread that uses the replayed records

    @contextmanager
    def locked(self, replay: Callable[[Line], None], *, write: bool) -> Iterator[FileIO | None]:
        """Lock the file, alone or with other readers, and replay every new line; None if there is no file to read.

        It opens the file on each call, because a lock belongs to the open file and so also works between threads.
        """
        with self.lock, ExitStack() as stack:
            file = None
            with self._translated():
                if write or self.end or self.path.exists():
                    # The file has tax ids in clear, so only its owner may read it. It has no buffer, so a failed write
                    # leaves nothing that could be written later.
                    opener = functools.partial(os.open, mode=0o600)
                    file = stack.enter_context(FileIO(self.path, "a+" if write else "r", opener=opener))
                    fcntl.flock(file, fcntl.LOCK_EX if write else fcntl.LOCK_SH)
                    self._catch_up(file, replay, write=write)
            yield file

    def append(self, file: FileIO, line: Line) -> None:
        """Append a line, and return when it is synced.

        Raises:
            StoreFailedError: If the line could not be written. A part of it may be in the file: cut it off.
        """
        with self._translated():
            if not self.end:
                _sync_folder(self.path.parent)
                self._write(file, self._header)
            self._write(file, line)

    def cut(self, file: FileIO, end: int) -> None:
        """Cut the file off at a position.

        Raises:
            OSError: If that fails. Then the end of the file is unknown.
        """
        file.truncate(end)
        os.fsync(file)

    def _write(self, file: FileIO, line: Line) -> None:
        text = json.dumps(line, ensure_ascii=False).encode()
        # The newline is written last, after the text is synced, so a line with a newline is whole.
        for part in (text, b"\n"):
            unwritten = part
            while unwritten:
                unwritten = unwritten[file.write(unwritten) :]
            os.fsync(file)
        self.end += len(text) + 1

    def _catch_up(self, file: FileIO, replay: Callable[[Line], None], *, write: bool) -> None:
        if os.fstat(file.fileno()).st_size < self.end:
            raise StoreFailedError(
                f"The journal {self.path} is shorter than before: restore it, then open the store again."
            )
        file.seek(self.end)
        *lines, unfinished = file.read().split(b"\n")
        for text in lines:
            self._replay(text, replay)
            self.end += len(text) + 1
        if unfinished and write:
            # Its writer was stopped before the end, and has reported no commit.
            _LOG.warning("%s: cut off an unfinished line of %d bytes", self.path, len(unfinished))
            self.cut(file, self.end)

    def _replay(self, text: bytes, replay: Callable[[Line], None]) -> None:
        try:
            line = json.loads(text)
            (replay if self.end else self._check_header)(line)
        except (LookupError, RecursionError, StorageError, TypeError, ValueError) as error:
            # A whole line that cannot be read is no interrupted write. No line is dropped or skipped.
            problem = f"The line at byte {self.end} of the journal {self.path} cannot be read: {error}"
            raise StoreFailedError(
                f"{problem}\nIt was left as it is: repair it, or restore the file from a backup."
            ) from error

    def _check_header(self, line: Line) -> None:
        if line != self._header:
            raise ValueError(f"the first line must be {self._header}")

    @contextmanager
    def _translated(self) -> Iterator[None]:
        """Translate operating system errors into those of the port (promise 33)."""
        try:
            yield
        except OSError as error:
            raise StoreFailedError(
                f"The journal {self.path} could not be used: {error}. Remove the cause, then try again."
            ) from error


def _sync_folder(path: Path) -> None:
    """Sync a folder, so that a new file in it keeps its name after a crash."""
    folder = os.open(path, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
