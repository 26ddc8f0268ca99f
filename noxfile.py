"""The sessions: what a contributor runs by hand, and what CI runs.

`nox` alone runs the tests; `nox --list` shows the rest.
"""

from __future__ import annotations

import os
import random
import re
import shutil
import subprocess
from pathlib import Path

import nox

nox.needs_version = ">=2025.10"
nox.options.sessions = ["tests"]
nox.options.default_venv_backend = "virtualenv"
nox.options.reuse_venv = "yes"

ROOT = Path(__file__).parent
PYPROJECT = nox.project.load_toml("pyproject.toml")
PINNED = ("-c", "constraints.txt")
#: As many as the smallest machine has cores; a file stays on one of them.
WORKERS = ("-n", "2", "--dist=loadfile")

#: The extras whose lower bounds `minimums` installs.
LOWEST_EXTRAS = ("postgres", "migrations", "async", "fastapi", "testing")

#: The versions of the classifiers that are not the one CI runs everything on.
OTHER_PYTHONS = ("3.12", "3.13", "3.14")


@nox.session
def tests(session: nox.Session) -> None:
    """Try every claim against the built wheel, some on a sample, and the example of a store as a stranger would."""
    install_tests(session, pins=PINNED)
    run_pytest(session, "--processor-time=show", *session.posargs)


@nox.session
def stress(session: nox.Session) -> None:
    """Run what `tests` leaves out: whole what it samples, and in full size what it makes smaller."""
    install_tests(session, pins=PINNED)
    run_pytest(session, *session.posargs, tier="stress")


@nox.session
def budget(session: nox.Session) -> None:
    """Run what `tests` runs, and fail if a room takes more of the processor than its budget says."""
    install_tests(session, pins=PINNED)
    run_pytest(session, "--processor-time=check", *session.posargs)


@nox.session
def golden(session: nox.Session) -> None:
    """Write anew all that the tests compare with what was recorded; then read the difference."""
    install_tests(session, pins=PINNED)
    session.run("python", "-m", "tests.golden")


@nox.session
def compat(session: nox.Session) -> None:
    """Run what needs no server on the other supported Pythons found on this machine."""
    wheel, example = build_wheel(session), build_wheel(session, "examples/jsonl_store")
    for version in OTHER_PYTHONS:
        python = find_python(version)
        if python is None:
            session.warn(f"There is no working Python {version} here; nothing was tested on it.")
            continue
        venv = Path(session.create_tmp()) / version
        session.run(python, "-m", "venv", "--clear", str(venv), external=True)
        bin_ = venv / ("Scripts" if os.name == "nt" else "bin")
        requirements = [f"{wheel}[testing]", str(example), *dependencies_of("tests")]
        session.run(
            *(str(bin_ / "python"), "-m", "pip", "install", "--quiet"),
            *(*PINNED, *requirements),
            external=True,
        )
        run_pytest(session, "-m", "not server", *session.posargs, program=str(bin_ / "pytest"))


@nox.session
def lint(session: nox.Session) -> None:
    """Check the style and the format."""
    session.install(*PINNED, *dependencies_of("lint"))
    session.run("ruff", "check")
    session.run("ruff", "format", "--check")


@nox.session
def imports(session: nox.Session) -> None:
    """Check that each room imports only from the floors below it."""
    session.install(*PINNED, *dependencies_of("lint"))
    session.run("lint-imports", "--no-cache", "--no-logo", env={"PYTHONPATH": "src"})


@nox.session
def typing(session: nox.Session) -> None:
    """Check the types of the package, and of all that uses its public names."""
    extras = PYPROJECT["project"]["optional-dependencies"]["testing"]
    session.install(
        *(*PINNED, *PYPROJECT["project"]["dependencies"], *extras),
        *dependencies_of("typing", "tests", "bench"),
    )
    session.run("mypy", *existing("src", "noxfile.py", "tests/typing", "examples", "bench"))


@nox.session
def docs(session: nox.Session) -> None:
    """Build the documentation; a broken reference is an error."""
    if not existing("docs/conf.py"):
        session.skip("there is no docs/conf.py")
    install_wheel(session, "docs", pins=PINNED)
    output = Path(session.create_tmp()) / "html"
    session.run("sphinx-build", "-n", "-W", "--keep-going", "-q", "-E", "docs", str(output))
    session.log(f"Read it at {output / 'index.html'}")


@nox.session
def newest(session: nox.Session) -> None:
    """Run the tests with the newest release of everything, to hear of trouble early."""
    install_tests(session, pins=("--upgrade",))
    run_pytest(session, *session.posargs)


@nox.session
def minimums(session: nox.Session) -> None:
    """Run the tests with the oldest releases that pyproject.toml allows to a host."""
    lowest = Path(session.create_tmp()) / "lowest.txt"
    lowest.write_text("\n".join(lower_bounds()) + "\n")
    install_tests(session, pins=("-c", str(lowest)))
    run_pytest(session, *session.posargs)


@nox.session
def deep(session: nox.Session) -> None:
    """Search for longer, with different examples each time; crash, race and count what CI samples."""
    install_tests(session, pins=PINNED)
    # One property may take longer than any test of the daily run is allowed to.
    run_pytest(session, "--timeout=1800", *session.posargs, tier="deep")
    # The roster is an index look-up however many there are: a million are filled in for about an hour.
    session.run("python", "bench/bench_desk.py", "--contractors", "10000", "1000000")


@nox.session
def mutation(session: nox.Session) -> None:
    """Change the code that decides, and list the changes that no test noticed."""
    session.install(
        *(*PINNED, *PYPROJECT["project"]["dependencies"]),
        *dependencies_of("tests", "mutation"),
    )
    session.run("mutmut", "run", *session.posargs, env={"CI": "true"})
    session.run("mutmut", "results")


@nox.session
def bench(session: nox.Session) -> None:
    """Measure; each program in bench/ prints its own table."""
    install_wheel(session, "bench", pins=PINNED)
    for program in sorted(ROOT.glob("bench/bench_*.py")):
        session.run("python", str(program.relative_to(ROOT)), *session.posargs)


def build_wheel(session: nox.Session, project: str = ".") -> Path:
    """Build the wheel of a folder and return its path."""
    folder = Path(session.create_tmp()).absolute() / "wheels" / Path(project).name
    shutil.rmtree(folder, ignore_errors=True)
    session.run(
        *("python", "-m", "pip", "wheel", "--quiet", "--no-deps"),
        *("--wheel-dir", str(folder), project),
    )
    (wheel,) = folder.glob("*.whl")
    return wheel


def install_wheel(session: nox.Session, group: str, *, pins: tuple[str, ...]) -> None:
    """Install the built wheel, as a user would get it, with what a group of tools needs."""
    wheel = build_wheel(session)
    session.install(*pins, f"{wheel}[testing]", *dependencies_of(group))
    # The version is the same after a change, so that pip would keep the wheel of last time.
    session.install("--force-reinstall", "--no-deps", str(wheel))


def install_tests(session: nox.Session, *, pins: tuple[str, ...]) -> None:
    """Install what tests need: the built wheel, and the store in examples/jsonl_store, a distribution of its own."""
    install_wheel(session, "tests", pins=pins)
    wheel = build_wheel(session, "examples/jsonl_store")
    session.install("--force-reinstall", "--no-deps", str(wheel))


def run_pytest(
    session: nox.Session,
    *args: str,
    program: str = "pytest",
    tier: str = "tests",
) -> None:
    """Run the tests of a tier on two workers, with a seed that is printed, for hashes as for Hypothesis.

    To repeat a run: `CC_SEED=... nox -s tests`. A number of workers among the arguments wins: `-n 0` for none.
    """
    seed = os.environ.get("CC_SEED") or str(random.randrange(2**32))  # noqa: S311
    session.log(f"CC_SEED={seed}")
    session.run(
        *(program, *WORKERS, f"--hypothesis-seed={seed}", *args),
        env={"PYTHONHASHSEED": seed, "CC_TIER": tier},
        external=program != "pytest",
    )


def dependencies_of(*groups: str) -> list[str]:
    """Return the requirements of dependency groups."""
    return list(nox.project.dependency_groups(PYPROJECT, *groups))


def lower_bounds() -> list[str]:
    """Return each `name>=version` that a host may install, as `name==version`."""
    project = PYPROJECT["project"]
    extras = project["optional-dependencies"]
    requirements = [*project["dependencies"], *(extra for name in LOWEST_EXTRAS for extra in extras[name])]
    # A file of constraints names no extras.
    return [re.sub(r"\[.*\]", "", requirement).replace(">=", "==") for requirement in requirements]


def find_python(version: str) -> str | None:
    """Return an interpreter that runs, from PATH or from pyenv."""
    name = f"python{version}"
    pyenv = sorted(Path.home().glob(f".pyenv/versions/{version}*/bin/{name}"), reverse=True)
    for candidate in filter(None, (shutil.which(name), *map(str, pyenv))):
        # A shim of pyenv may be found on PATH and yet refuse to run.
        trial = subprocess.run([candidate, "-c", ""], capture_output=True, check=False)
        if trial.returncode == 0:
            return candidate
    return None


def existing(*paths: str) -> list[str]:
    """Return those of the paths that exist."""
    return [path for path in paths if (ROOT / path).exists()]
