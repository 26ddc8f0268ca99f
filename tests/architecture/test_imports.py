"""What an import costs the host."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = ("cattrs", "hypothesis", "numpy", "pendulum", "pytest", "sqlalchemy")


def modules_loaded_by(statement: str) -> set[str]:
    # A process of its own: this one has loaded most of them already. Isolated, so that neither
    # the working directory nor the environment decides which package is found.
    result = subprocess.run(
        [sys.executable, "-I", "-c", f"{statement}\nimport sys\nprint(*sys.modules)"],
        capture_output=True,
        check=True,
        text=True,
    )
    return set(result.stdout.split())


@pytest.mark.parametrize("package", HEAVY)
def test_importing_the_library_does_not_load(package: str) -> None:
    assert package not in modules_loaded_by("import contractor_compliance")
