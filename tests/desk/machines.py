"""State machines, short enough for each day."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine

__all__ = ["daily_case"]


def daily_case(machine: type[RuleBasedStateMachine], examples: int, steps: int) -> Any:
    """Return the test case of a machine, short enough for each day unless the profile asks for a deep search."""
    case: Any = machine.TestCase
    asked = settings().max_examples
    case.settings = settings(
        max_examples=asked if asked > 100 else examples,
        stateful_step_count=steps,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow],
    )
    return case
