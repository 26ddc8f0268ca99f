"""What an import costs the host."""

from __future__ import annotations

import functools
import subprocess
import sys
from pathlib import Path

import pytest

import contractor_compliance

HEAVY = ("cattrs", "hypothesis", "numpy", "pendulum", "pytest", "sqlalchemy")
FOLDER = Path(contractor_compliance.__path__[0]).parent


@functools.cache
def modules_loaded_by(statement: str) -> frozenset[str]:
    # A process of its own: this one has loaded most of them already. Isolated, so that neither
    # the working directory nor the environment decides which package is found: it is the one under test.
    found_in = f"import sys; sys.path.insert(0, {str(FOLDER)!r})"
    result = subprocess.run(
        [sys.executable, "-I", "-c", f"{found_in}\n{statement}\nprint(*sys.modules)"],
        capture_output=True,
        check=True,
        text=True,
    )
    return frozenset(result.stdout.split())


@pytest.mark.parametrize("package", HEAVY)
def test_importing_the_library_loads_no_optional_or_heavy_package(package: str) -> None:
    assert package not in modules_loaded_by("import contractor_compliance")


def test_importing_the_library_loads_none_of_its_rooms() -> None:
    loaded = modules_loaded_by("import contractor_compliance")

    assert {"contractor_compliance"} == {name for name in loaded if name.startswith("contractor_compliance")}


@pytest.mark.parametrize("package", HEAVY)
def test_importing_the_evaluator_loads_no_optional_or_heavy_package(package: str) -> None:
    assert package not in modules_loaded_by("from contractor_compliance import evaluate")


@pytest.mark.parametrize("package", HEAVY)
def test_judging_a_contractor_loads_no_optional_or_heavy_package(package: str) -> None:
    judging = (
        "from datetime import date\n"
        "from contractor_compliance import evaluate\n"
        "from contractor_compliance.testing import factories\n"
        "dossier = factories.dossier(factories.gl_policy())\n"
        "evaluate(dossier, factories.rulebook(factories.gl_requirement()), as_of=date(2026, 6, 1))"
    )

    assert package not in modules_loaded_by(judging)


@pytest.mark.parametrize("package", ["hypothesis", "numpy", "pytest", "sqlalchemy"])
def test_importing_the_document_functions_loads_no_optional_or_heavy_package(package: str) -> None:
    assert package not in modules_loaded_by("from contractor_compliance import dumps, loads")


@pytest.mark.parametrize("package", ["hypothesis", "pytest"])
def test_sample_values_and_the_clock_load_no_optional_or_heavy_package(package: str) -> None:
    statement = "from contractor_compliance.testing import FrozenClock, factories"

    assert package not in modules_loaded_by(statement)


def test_the_evaluator_loads_no_room_above_itself() -> None:
    loaded = modules_loaded_by("import contractor_compliance.evaluation")
    rooms = {name.split(".")[1] for name in loaded if name.startswith("contractor_compliance.")}

    assert rooms <= {"display", "domain", "errors", "evaluation", "results"}
