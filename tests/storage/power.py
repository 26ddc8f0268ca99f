"""What a power failure may leave of a SQLite database: images of the disk, cut at any write, each judged.

A *trace* is the SQL that an adapter ran, with a mark after each commit that was acknowledged. `replay` runs it again
over a file system layer that notes each write, truncation, sync, creation and deletion. `crash` then cuts the power at
random points of these notes. What was synced before the cut is on the disk. Of the rest, each write is kept, dropped
or torn at a sector, and each creation or deletion of a file may be undone, by the choice of a seed.

A killed process shows none of this: what it wrote stays in the page cache of the operating system, which lives on.
"""

# ruff: noqa: N802 - the methods of a file system layer have the names that SQLite gives them

from __future__ import annotations

import enum
import random
import shutil
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, TypeAlias

import apsw
import attrs
from sqlalchemy import Engine, event

#: The smallest piece that a disk writes whole.
SECTOR = 512
#: SQLite syncs the folder with the first sync of a file that it opened as one of these.
_JOURNALS = apsw.SQLITE_OPEN_MAIN_JOURNAL | apsw.SQLITE_OPEN_SUPER_JOURNAL | apsw.SQLITE_OPEN_WAL


# What an adapter did.


@attrs.frozen
class Statement:
    """One SQL statement with its values in it, and the number of the connection that ran it."""

    sql: str
    connection: int = 0


@attrs.frozen
class Acknowledged:
    """All commits before this mark have returned to their caller."""


@attrs.frozen
class Closed:
    """A connection was closed."""

    connection: int = 0


Step: TypeAlias = Statement | Acknowledged | Closed


@attrs.define
class Trace:
    """The steps of an adapter, in the order in which they were run, by one thread."""

    steps: list[Step] = attrs.field(factory=list)
    #: The connections whose statements SQLite tells us, by number.
    recorded: list[sqlite3.Connection] = attrs.field(factory=list)

    def acknowledge(self) -> None:
        """Mark that the commits so far have returned: call it as soon as the adapter says so."""
        self.steps.append(Acknowledged())

    def record(self, connection: sqlite3.Connection) -> None:
        """Note from now on what a connection runs.

        Call it before anything else is run: settings are part of the trace. Values must survive being written as SQL,
        which REAL of more than 15 digits and text with a NUL do not.
        """
        number = len(self.recorded)
        self.recorded.append(connection)
        connection.set_trace_callback(lambda sql: self.steps.append(Statement(sql, number)))

    def close(self, connection: sqlite3.Connection) -> None:
        """Note that a recorded connection is closed."""
        self.steps.append(Closed(self.recorded.index(connection)))

    def listen(self, engine: Engine) -> None:
        """Record each connection that an engine opens from now on, until it is closed."""
        # Ahead of the listeners of the adapter, which make the settings.
        event.listen(engine, "connect", lambda connection, _: self.record(connection), insert=True)
        event.listen(engine, "close", lambda connection, _: self.close(connection))


def record_trace(connection: sqlite3.Connection) -> Trace:
    """Return a trace that notes what a connection runs from now on."""
    trace = Trace()
    trace.record(connection)
    return trace


# What it did to the disk. A file is known by a number, for its name may be given to another.


@attrs.frozen
class Write:
    file: int
    offset: int
    data: bytes


@attrs.frozen
class Truncate:
    file: int
    size: int


@attrs.frozen
class Sync:
    file: int


@attrs.frozen
class Entry:
    """A name in the folder was given to a file, or to none."""

    name: str
    file: int | None


@attrs.frozen
class FolderSync:
    pass


Event: TypeAlias = Write | Truncate | Sync | Entry | FolderSync | Acknowledged


@attrs.frozen
class Replay:
    """What a trace did to the disk, and what each connection was set to when it was closed."""

    name: str
    events: tuple[Event, ...]
    #: The journal mode and `synchronous`, for a test to see that the adapter's settings were replayed.
    settings: tuple[tuple[str, int], ...]

    @property
    def acknowledged(self) -> int:
        return sum(isinstance(step, Acknowledged) for step in self.events)


class _Recorder(apsw.VFS):
    """The operating system's own files, with a note of each change to those in one folder."""

    def __init__(self, name: str) -> None:
        self.events: list[Event] = []
        self.files: dict[str, int] = {}
        self.opened = 0
        # Named, for the recorder itself becomes the default: SQLite asks only that one for randomness.
        self.real = apsw.vfs_names()[0]
        super().__init__(name, base=self.real, makedefault=True)

    def xRandomness(self, numbytes: int) -> bytes:
        # The salts of the journals come from here: the same trace shall always write the same bytes.
        return random.Random(0).randbytes(numbytes)

    def xOpen(self, name: Any, flags: list[int]) -> apsw.VFSFile:
        path = name.filename() if isinstance(name, apsw.URIFilename) else name
        if path is None:  # a temporary file, which no failure leaves behind
            return apsw.VFSFile(self.real, name, flags)
        filename = Path(path).name
        creates = bool(flags[0] & apsw.SQLITE_OPEN_CREATE)
        if filename not in self.files:
            assert creates, f"{filename} was there before the trace began."
            self.opened += 1
            self.files[filename] = self.opened
            self.events.append(Entry(filename, self.opened))
        return _RecordedFile(
            name, flags, self, self.files[filename], syncs_folder=creates and bool(flags[0] & _JOURNALS)
        )

    def xDelete(self, filename: str, syncdir: bool) -> None:
        super().xDelete(filename, syncdir)
        name = Path(filename).name
        del self.files[name]
        self.events.append(Entry(name, None))
        if syncdir:
            self.events.append(FolderSync())


class _RecordedFile(apsw.VFSFile):
    def __init__(self, name: Any, flags: list[int], recorder: _Recorder, file: int, *, syncs_folder: bool) -> None:
        super().__init__(recorder.real, name, flags)
        self.events = recorder.events
        self.file = file
        self.syncs_folder = syncs_folder

    def xWrite(self, data: Any, offset: int) -> None:
        super().xWrite(data, offset)
        self.events.append(Write(self.file, offset, bytes(data)))

    def xTruncate(self, newsize: int) -> None:
        super().xTruncate(newsize)
        self.events.append(Truncate(self.file, newsize))

    def xSync(self, flags: int) -> None:
        # The real sync is left out: nobody cuts the power of this machine.
        self.events.append(Sync(self.file))
        if self.syncs_folder:
            self.events.append(FolderSync())
            self.syncs_folder = False


@contextmanager
def _recorder() -> Iterator[_Recorder]:
    recorder = _Recorder("cc-power")
    apsw.randomness(0)  # asks the recorder for a new seed
    try:
        yield recorder
    finally:
        recorder.unregister()
        apsw.randomness(0)


def replay(
    trace: Trace,
    folder: Path,
    *,
    tolerate: tuple[type[apsw.Error], ...] = (),
    prepare: Callable[[apsw.Connection], object] = lambda connection: None,
) -> Replay:
    """Run a trace again on a new database in an empty folder, and return what it did to the disk.

    Args:
        tolerate: errors that the trace met the first time too, such as `apsw.ConstraintError`.
        prepare: gives each connection the functions and collations of the adapter.

    Raises:
        apsw.Error: a statement fails which is not to be tolerated.
        ValueError: a trace that, according to SQLite, has triggers or virtual tables, whose statements it repeats.
    """
    path = folder / "crash.db"
    connections: dict[int, apsw.Connection] = {}
    settings: list[tuple[str, int]] = []
    with _recorder() as recorder:
        try:
            for step in trace.steps:
                if isinstance(step, Acknowledged):
                    recorder.events.append(step)
                elif isinstance(step, Closed):
                    if step.connection in connections:  # or it ran nothing
                        leaving = connections.pop(step.connection)
                        settings.append(_settings(leaving))
                        leaving.close()
                else:
                    if step.connection not in connections:
                        connections[step.connection] = apsw.Connection(str(path), vfs="cc-power")
                        prepare(connections[step.connection])
                    _run(connections[step.connection], step.sql, tolerate)
            events = tuple(recorder.events)  # what closing does below is not part of the trace
            settings += map(_settings, connections.values())
        finally:
            for connection in connections.values():
                connection.close()
    with closing(sqlite3.connect(path)) as left:
        repeats = [name for (name,) in left.execute(_REPEATING)]
    if trace.recorded and repeats:
        raise ValueError(f"SQLite repeats statements in a recorded trace because of {repeats}; write it by hand.")
    return Replay(path.name, events, tuple(settings))


_REPEATING = "SELECT name FROM sqlite_schema WHERE type = 'trigger' OR sql LIKE 'CREATE VIRTUAL%'"


def _settings(connection: apsw.Connection) -> tuple[str, int]:
    return connection.pragma("journal_mode"), connection.pragma("synchronous")


def _run(connection: apsw.Connection, sql: str, tolerate: tuple[type[apsw.Error], ...]) -> None:
    try:
        for _ in connection.execute(sql):
            pass
    except tolerate:
        pass


# What is left after a failure.


class Verdict(enum.Enum):
    """What became of the records; only `SOUND` keeps the promise of a commit."""

    SOUND = "sound"
    #: SQLite itself says that the file is damaged.
    CORRUPT = "corrupt"
    #: A part of a transaction is there without the rest.
    HALF = "half"
    #: A commit that was acknowledged is gone.
    LOST = "lost"


@attrs.frozen
class Image:
    """A database as a failure left it: SQLite has recovered it, and finds it whole."""

    path: Path
    connection: sqlite3.Connection
    #: How many acknowledgments were given before the failure. There may be no tables yet when it is 0.
    acknowledged: int


@attrs.frozen
class Outcome:
    """The verdicts on many images; the same seed and trace give the same."""

    seed: int
    images: int
    #: Images in which something unsynced was indeed dropped, torn or undone.
    damaged: int
    corrupt: int
    half: int
    lost: int
    #: The first bad images, as (number of the image, event before which the power failed, verdict).
    examples: tuple[tuple[int, int, Verdict], ...]

    @property
    def counts(self) -> tuple[int, int, int]:
        """How many images are corrupt, hold half a transaction, and lack an acknowledged commit."""
        return self.corrupt, self.half, self.lost

    def __str__(self) -> str:
        return (
            f"seed {self.seed}: {self.images} images, {self.damaged} of them damaged: "
            f"{self.corrupt} corrupt, {self.half} half, {self.lost} lost; first {self.examples}"
        )


Judge: TypeAlias = Callable[[Image], Verdict]


def crash(replayed: Replay, folder: Path, judge: Judge, *, images: int, seed: int) -> Outcome:
    """Cut the power at random points of a replay, and judge what is left each time.

    The power is cut once more after the end, with nothing lost: that image must be sound, or the trace was not replayed
    as it was.

    Args:
        folder: where the images are made, one after the other; best in memory.
        judge: is asked about images that SQLite finds whole, and says whether the rules between the records hold
            (else `HALF`), and whether all that was acknowledged is there (else `LOST`).

    Raises:
        ValueError: the undamaged image is not sound.
    """
    counts: Counter[Verdict] = Counter()
    examples = []
    damaged = 0
    last = len(replayed.events)
    disk, done = _Disk(), 0
    draw = random.Random(seed)
    for number, cut in enumerate([*sorted(draw.randint(0, last) for _ in range(images)), last]):
        for change in replayed.events[done:cut]:
            disk.apply(change)
        done = cut
        choices = _Choices(random.Random(f"{seed} {number}"), keep=1.0 if number == images else None)
        disk.write_image(folder, choices)
        verdict = _verdict(folder / replayed.name, judge, disk.acknowledged)
        if number == images:
            if verdict is not Verdict.SOUND:
                raise ValueError(f"Without any loss the replayed database is already {verdict.value}.")
            break
        damaged += choices.damaged
        counts[verdict] += 1
        if verdict is not Verdict.SOUND and len(examples) < 3:
            examples.append((number, cut, verdict))
    bad = (counts[verdict] for verdict in (Verdict.CORRUPT, Verdict.HALF, Verdict.LOST))
    return Outcome(seed, images, damaged, *bad, tuple(examples))


def _verdict(path: Path, judge: Judge, acknowledged: int) -> Verdict:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        try:
            if connection.execute("PRAGMA integrity_check").fetchall() != [("ok",)]:
                return Verdict.CORRUPT
            return judge(Image(path, connection, acknowledged))
        except sqlite3.DatabaseError as error:
            # Any other error is a mistake of the judge, and goes on.
            if error.sqlite_errorname.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB", "SQLITE_IOERR")):
                return Verdict.CORRUPT
            raise


class _Choices:
    """What happens to that which was not synced: now all is lost, now a little, so that both are met often."""

    def __init__(self, draw: random.Random, keep: float | None) -> None:
        self._draw = draw
        self._keep = draw.choice((0.0, 0.5, 0.9, 1.0)) if keep is None else keep
        self.damaged = False

    def fate(self, change: Write | Truncate) -> Write | Truncate | None:
        """Return what reaches the disk of a change to a file."""
        if self._draw.random() < self._keep:
            return change
        self.damaged = True
        if isinstance(change, Truncate) or self._draw.random() < 0.5:
            return None
        # The borders of sectors within the write; it is torn at one of them.
        first = SECTOR - change.offset % SECTOR
        borders = range(first, len(change.data), SECTOR)
        return attrs.evolve(change, data=change.data[: self._draw.choice(borders)]) if borders else None

    def entries(self, values: Sequence[int | None]) -> int | None:
        """Return what a name of the folder stands for, of all that it may: the oldest value is the synced one."""
        if self._draw.random() < self._keep or len(values) == 1:
            return values[-1]
        kept = self._draw.randrange(len(values))
        self.damaged |= kept < len(values) - 1
        return values[kept]


class _Disk:
    """What is surely on the disk, and the changes that may be."""

    def __init__(self) -> None:
        self.acknowledged = 0
        self._synced: defaultdict[int, bytearray] = defaultdict(bytearray)
        self._pending: defaultdict[int, list[Write | Truncate]] = defaultdict(list)
        #: All that each name may stand for after a failure, oldest first.
        self._entries: defaultdict[str, list[int | None]] = defaultdict(lambda: [None])

    def apply(self, step: Event) -> None:
        match step:
            case Acknowledged():
                self.acknowledged += 1
            case Write(file) | Truncate(file):
                self._pending[file].append(step)
            case Sync(file):
                _change(self._synced[file], self._pending.pop(file, ()))
            case Entry(name, file):
                self._entries[name].append(file)
            case FolderSync():
                for values in self._entries.values():
                    del values[:-1]

    def write_image(self, folder: Path, choices: _Choices) -> None:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        for name, values in self._entries.items():
            file = choices.entries(values)
            if file is not None:
                kept = [choices.fate(change) for change in self._pending.get(file, ())]
                content = self._synced.get(file, bytearray())
                if kept:
                    content = content.copy()
                    _change(content, filter(None, kept))
                (folder / name).write_bytes(content)


def _change(content: bytearray, changes: Iterable[Write | Truncate]) -> None:
    """Apply changes to the content of a file; what lies between its end and a later write is zeros."""
    for change in changes:
        size = change.size if isinstance(change, Truncate) else change.offset
        if size > len(content):
            content.extend(bytes(size - len(content)))
        if isinstance(change, Truncate):
            del content[size:]
        else:
            content[size : size + len(change.data)] = change.data
