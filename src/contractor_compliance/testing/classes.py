"""The list of domain classes, for tests that hold for each of them."""

from __future__ import annotations

from contractor_compliance import domain

__all__ = ["value_classes"]


def value_classes() -> tuple[type[domain.Value], ...]:
    """Return every class of domain values, by name."""
    named = (getattr(domain, name) for name in sorted(domain.__all__))
    classes = (value for value in named if isinstance(value, type) and issubclass(value, domain.Value))
    return tuple(cls for cls in classes if cls is not domain.Value)
