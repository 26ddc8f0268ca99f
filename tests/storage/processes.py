"""Processes that a test may kill: forked from one that has no threads, so that a fork is safe and costs little."""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import traceback
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NoReturn, ParamSpec, TypeVar

__all__ = ["Child", "alone", "die", "together"]

P = ParamSpec("P")
T = TypeVar("T")

_ROOT = Path(__file__).parents[2]
# When the function fails, none of its children goes on.
_PROGRAM = """
import os, pickle, signal, sys, traceback
function, args, kwargs = pickle.load(sys.stdin.buffer)
try:
    answer = pickle.dumps(function(*args, **kwargs))
except BaseException:
    traceback.print_exc()
    sys.stderr.flush()
    os.killpg(0, signal.SIGKILL)
with open(int(sys.argv[1]), "wb") as pipe:
    pipe.write(answer)
"""


def alone(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Return what a function of a module returns in a new interpreter, where it may fork.

    The process of the tests itself may have threads, and a fork would leave their locks locked.
    """
    heard, told = os.pipe()
    path = os.pathsep.join([str(_ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
    with subprocess.Popen(
        [sys.executable, "-W", "error", "-c", _PROGRAM, str(told)],
        stdin=subprocess.PIPE,
        pass_fds=(told,),
        env={**os.environ, "PYTHONPATH": path},
        start_new_session=True,
    ) as process:
        os.close(told)
        try:
            assert process.stdin is not None
            process.stdin.write(pickle.dumps((function, args, kwargs)))
            process.stdin.close()
            with open(heard, "rb") as pipe:  # noqa: PTH123 - a pipe has no path
                answer = pipe.read()
        except BaseException:
            # Its children too: when a test runs out of time, none may go on.
            os.killpg(process.pid, signal.SIGKILL)
            raise
    assert answer, f"{function.__name__} failed in its process; see above"
    result: T = pickle.loads(answer)  # noqa: S301 - our own
    return result


def together(jobs: Sequence[Callable[[], T]]) -> list[T]:
    """Return what jobs return that run at the same time, each in a thread: for as many cores as most machines have."""
    with ThreadPoolExecutor(len(jobs)) as pool:
        return [future.result() for future in [pool.submit(job) for job in jobs]]


class Child:
    """A forked process that runs a function, which may tell things while it runs.

    Args:
        function: Takes a function that tells its argument to the parent at once.
    """

    def __init__(self, function: Callable[[Callable[[object], None]], object]) -> None:
        heard, told = os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            os.close(heard)
            _run(function, told)
        os.close(told)
        self._pipe = os.fdopen(heard, "rb")

    def end(self) -> tuple[list[Any], int]:
        """Return what it reported and how it ended, once it has: 0, or the signal that killed it as a negative number.

        Raises:
            RuntimeError: If its function raised.
        """
        told = []
        with self._pipe:
            while True:
                try:
                    told.append(pickle.load(self._pipe))  # noqa: S301 - our own
                except EOFError:
                    break
        code = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        if code > 0:
            raise RuntimeError("a child failed; see above")
        return told, code


def _run(function: Callable[[Callable[[object], None]], object], pipe: int) -> NoReturn:
    code = 1
    try:
        function(lambda told: _write(pipe, pickle.dumps(told)))
        code = 0
    except BaseException:  # noqa: BLE001 - whatever it is, the parent must hear of it and nobody else
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(code)  # the parent's own clean-up is not ours to do


def _write(pipe: int, data: bytes) -> None:
    while data:
        data = data[os.write(pipe, data) :]


def die() -> NoReturn:
    """End this process as `kill -9` does."""
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("still alive")
