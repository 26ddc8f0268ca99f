"""The rule set of `sample`, said to other people's rule engines as their own documentation says it.

Each engine answers with the requirements that fail, and with nothing else: no reason, no amount, no evidence. All of
them compile, or load, their rules once; only the question is timed.
"""

# The engines ship no types: their classes and decorators are unknown to mypy.
# mypy: allow-subclassing-any, allow-untyped-decorators

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import rule_engine
import zen
from business_rules import run_all
from business_rules.actions import BaseActions, rule_action
from business_rules.fields import FIELD_TEXT
from business_rules.variables import BaseVariables, boolean_rule_variable, numeric_rule_variable
from json_logic import jsonLogic
from sample import Facts

from contractor_compliance.testing.factories import MILLION

__all__ = ["PEERS", "Peer"]

#: Returns the requirements that fail.
Peer = Callable[[Facts], frozenset[str]]

#: In the language of expressions that zen-engine and rule-engine share.
_EXPRESSIONS = {
    "gl": (
        f"gl.effective <= day and day < gl.expiration and gl.each_occurrence >= {MILLION}"
        f" and gl.general_aggregate >= {2 * MILLION} and gl.named_insured == contractor"
    ),
    "wc": "wc.effective <= day and day < wc.expiration and work_state in wc.states_3a",
    "auto": f"auto.effective <= day and day < auto.expiration and auto.combined_single_limit >= {MILLION}",
}


def _zen_graph() -> Peer:
    """zen-engine as its editor saves it: a graph with one node of expressions, whose answers have names."""
    expressions = [{"id": key, "key": key, "value": value} for key, value in _EXPRESSIONS.items()]
    graph = {
        "contentType": "application/vnd.gorules.decision",
        "nodes": [
            {"id": "in", "name": "in", "type": "inputNode"},
            {"id": "judge", "name": "judge", "type": "expressionNode", "content": {"expressions": expressions}},
            {"id": "out", "name": "out", "type": "outputNode"},
        ],
        "edges": [
            {"id": "1", "type": "edge", "sourceId": "in", "targetId": "judge"},
            {"id": "2", "type": "edge", "sourceId": "judge", "targetId": "out"},
        ],
    }
    decision = zen.ZenEngine().create_decision(json.dumps(graph))

    def ask(facts: Facts) -> frozenset[str]:
        result = decision.evaluate(facts)["result"]
        return frozenset(key for key, met in result.items() if not met)

    return ask


def _zen_expression() -> Peer:
    """zen-engine without its graphs: one compiled expression, a list of three truths whose names we supply."""
    keys = tuple(_EXPRESSIONS)
    compiled = zen.compile_expression(f"[{', '.join(_EXPRESSIONS.values())}]")

    def ask(facts: Facts) -> frozenset[str]:
        return frozenset(key for key, met in zip(keys, compiled.evaluate(facts), strict=True) if not met)

    return ask


def _rule_engine() -> Peer:
    rules = {key: rule_engine.Rule(text) for key, text in _EXPRESSIONS.items()}

    def ask(facts: Facts) -> frozenset[str]:
        return frozenset(key for key, rule in rules.items() if not rule.matches(facts))

    return ask


def _json_logic() -> Peer:
    def var(path: str) -> dict[str, str]:
        return {"var": path}

    def in_force(line: str) -> list[dict[str, Any]]:
        return [
            {"<=": [var(f"{line}.effective"), var("day")]},
            {"<": [var("day"), var(f"{line}.expiration")]},
        ]

    rules = {
        "gl": {
            "and": [
                *in_force("gl"),
                {">=": [var("gl.each_occurrence"), MILLION]},
                {">=": [var("gl.general_aggregate"), 2 * MILLION]},
                {"==": [var("gl.named_insured"), var("contractor")]},
            ]
        },
        "wc": {"and": [*in_force("wc"), {"in": [var("work_state"), var("wc.states_3a")]}]},
        "auto": {"and": [*in_force("auto"), {">=": [var("auto.combined_single_limit"), MILLION]}]},
    }

    def ask(facts: Facts) -> frozenset[str]:
        return frozenset(key for key, rule in rules.items() if not jsonLogic(rule, facts))

    return ask


class _Variables(BaseVariables):
    def __init__(self, facts: Facts) -> None:
        self.facts = facts

    def _in_force(self, line: str) -> bool:
        held = self.facts[line]
        return bool(held["effective"] <= self.facts["day"] < held["expiration"])

    @boolean_rule_variable
    def gl_in_force(self) -> bool:
        return self._in_force("gl")

    @boolean_rule_variable
    def wc_in_force(self) -> bool:
        return self._in_force("wc")

    @boolean_rule_variable
    def auto_in_force(self) -> bool:
        return self._in_force("auto")

    @numeric_rule_variable
    def each_occurrence(self) -> int:
        return int(self.facts["gl"]["each_occurrence"])

    @numeric_rule_variable
    def general_aggregate(self) -> int:
        return int(self.facts["gl"]["general_aggregate"])

    @boolean_rule_variable
    def is_insured(self) -> bool:
        return bool(self.facts["gl"]["named_insured"] == self.facts["contractor"])

    @boolean_rule_variable
    def state_is_covered(self) -> bool:
        return self.facts["work_state"] in self.facts["wc"]["states_3a"]

    @numeric_rule_variable
    def combined_single_limit(self) -> int:
        return int(self.facts["auto"]["combined_single_limit"])


class _Actions(BaseActions):
    def __init__(self) -> None:
        self.failed: list[str] = []

    @rule_action(params={"name": FIELD_TEXT})
    def fail(self, name: str) -> None:
        self.failed.append(name)


def _business_rules() -> Peer:
    def untrue(name: str) -> dict[str, Any]:
        return {"name": name, "operator": "is_false", "value": None}

    def below(name: str, amount: int) -> dict[str, Any]:
        return {"name": name, "operator": "less_than", "value": amount}

    faults = {
        "gl": [
            untrue("gl_in_force"),
            below("each_occurrence", MILLION),
            below("general_aggregate", 2 * MILLION),
            untrue("is_insured"),
        ],
        "wc": [untrue("wc_in_force"), untrue("state_is_covered")],
        "auto": [untrue("auto_in_force"), below("combined_single_limit", MILLION)],
    }
    rules = [
        {"conditions": {"any": conditions}, "actions": [{"name": "fail", "params": {"name": key}}]}
        for key, conditions in faults.items()
    ]

    def ask(facts: Facts) -> frozenset[str]:
        actions = _Actions()
        run_all(rules, _Variables(facts), actions)
        return frozenset(actions.failed)

    return ask


PEERS: dict[str, Peer] = {
    "zen-engine, decision graph": _zen_graph(),
    "zen-engine, bare expression": _zen_expression(),
    "business-rules": _business_rules(),
    "json-logic-qubit": _json_logic(),
    "rule-engine": _rule_engine(),
}
