"""What an import costs: each in processes of its own, timed within them, so that starting Python is not counted."""

from __future__ import annotations

import subprocess
import sys
from statistics import median
from time import perf_counter

from measure import print_table, rounds_wanted

STATEMENTS = (
    "import contractor_compliance",
    "from contractor_compliance import evaluate",
    "from contractor_compliance import evaluate, loads",
)
#: Prints the milliseconds that a statement takes and the modules that it loads.
PROGRAM = """
import sys, time
before, start = len(sys.modules), time.perf_counter()
{statement}
print((time.perf_counter() - start) * 1000, len(sys.modules) - before)
"""


def main() -> None:
    rounds = rounds_wanted(15)
    starts = []
    samples: dict[str, list[tuple[float, int]]] = {statement: [] for statement in STATEMENTS}
    for statement in STATEMENTS:
        import_once(statement)  # writes the bytecode
    for _ in range(rounds):
        starts.append(start_python())
        for statement in STATEMENTS:
            samples[statement].append(import_once(statement))
    rows = [["python -c pass, the whole process", f"{median(starts):.1f}", ""]]
    for statement, measured in samples.items():
        rows.append([statement, f"{median(took for took, _ in measured):.1f}", str(measured[0][1])])
    print_table(f"Imports (median of {rounds} processes)", ["", "milliseconds", "modules"], rows)


def start_python() -> float:
    start = perf_counter()
    subprocess.run([sys.executable, "-c", "pass"], check=True)
    return (perf_counter() - start) * 1000


def import_once(statement: str) -> tuple[float, int]:
    program = PROGRAM.format(statement=statement)
    ran = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    took, modules = ran.stdout.split()
    return float(took), int(modules)


if __name__ == "__main__":
    main()
