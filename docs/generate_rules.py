"""Writes `reference/rules.md` from the table of rules and the scenario cases in `tests/cases`.

Run it after a change to either: `python docs/generate_rules.py`. A test says when it is due.
"""
# ruff: noqa: INP001  # a program, no package

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "reference" / "rules.md"
CASES = ROOT / "tests" / "cases"

INTRODUCTION = """\
# Rule map

<!--- Written by docs/generate_rules.py; change that, or the files in tests/cases. -->

The rules of the trade that the evaluator decides by, in our own words: for each rule the code that decides it, the
scenario cases that hold it to that, and the addresses it was read from. A rule without an address is a design choice
of this library or practitioner's knowledge. A case marked *open* states the right answer, which the evaluator does not
give yet.

The cases are tables in `tests/cases`, written to be read without Python; [Case format](case_format.md) describes them.
A case that is made of a situation which others describe shows the address of that description.

{decided} of the {rules} rules are decided by the evaluator, in {cases} cases.
"""

GROUPS = {
    "B1": "Certificates",
    "B2": "Limits and layers",
    "B3": "Time",
    "B4": "Endorsements",
    "B5": "Insurers",
    "B6": "Workers' compensation and employers' liability",
    "B7": "Names",
    "B8": "Exceptions",
    "B11": "Answers",
    "B14": "Decisions",
}


def rules() -> list[dict[str, Any]]:
    """Return the rows of the table of rules."""
    return tomllib.loads((CASES / "rules.toml").read_text(encoding="utf-8"))["rule"]


def cases() -> list[dict[str, Any]]:
    """Return every case, with the name of its file."""
    return [
        {"rules": [], **case, "file": path.name}
        for path in sorted(CASES.glob("*.toml"))
        if path.name != "rules.toml"
        for case in tomllib.loads(path.read_text(encoding="utf-8"))["case"]
    ]


def page() -> str:
    """Return the page as it should be."""
    table, scenarios = rules(), cases()
    decided = sum(rule["status"] == "decided" for rule in table)
    parts = [INTRODUCTION.format(decided=decided, rules=len(table), cases=len(scenarios))]
    for group, heading in GROUPS.items():
        parts.append(f"## {group}: {heading}\n")
        parts += [_section(rule, scenarios) for rule in table if rule["id"].partition(".")[0] == group]
    return "\n".join(parts)


def _section(rule: dict[str, Any], scenarios: list[dict[str, Any]]) -> str:
    lines = [f"### {rule['id']} {rule['title']}", "", rule["statement"], ""]
    if rule["status"] == "left_out":
        lines += [f"Left out. {rule['reason']}", ""]
    if rule.get("code"):
        lines += [f"Code: {', '.join(f'`{path}`' for path in rule['code'])}.", ""]
    if rule["sources"]:
        lines += [f"Read from: {', '.join(f'<{address}>' for address in rule['sources'])}.", ""]
    cited = [scenario for scenario in scenarios if rule["id"] in scenario["rules"]]
    for scenario in cited:
        mark = ", open" if "xfail" in scenario else ""
        addresses = scenario.get("source", [])
        addresses = addresses if isinstance(addresses, list) else [addresses]
        read_from = f" From {', '.join(f'<{address}>' for address in addresses)}." if addresses else ""
        lines.append(f"- {scenario['title']}. (`{scenario['id']}` in `{scenario['file']}`{mark}){read_from}")
    return "\n".join([*lines, ""] if cited else lines)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
