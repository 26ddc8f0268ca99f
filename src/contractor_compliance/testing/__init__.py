"""Tools with which a host, or a store's author, tests its own code: sample values, strategies and a clock.

`factories` and `clock` need nothing but the library. `strategies` needs the extra `testing`.
"""

from __future__ import annotations

__all__: list[str] = []
