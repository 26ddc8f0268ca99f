"""Tools with which a host, or a store's author, tests its own code.

`FrozenClock` and `factories` need nothing but the library; `strategies` needs the extra `testing`.
"""

from __future__ import annotations

from contractor_compliance.testing.classes import value_classes
from contractor_compliance.testing.clock import FrozenClock

__all__ = ["FrozenClock", "value_classes"]
