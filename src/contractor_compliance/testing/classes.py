"""The list of domain classes, for tests that hold for each of them."""

from __future__ import annotations

from contractor_compliance import domain

__all__ = ["value_classes"]


def value_classes() -> tuple[type[domain.Value], ...]:
    """Return every class of domain values, by name."""
    named = (getattr(domain, name) for name in sorted(domain.__all__))
    return tuple(
        each for each in named if isinstance(each, type) and issubclass(each, domain.Value) and each is not domain.Value
    )
