"""Tools with which a host, or a store's author, tests its own code.

`FrozenClock`, `factories`, `load_cases`, `run_cases` and `sample_desk` need nothing but the library; `strategies`,
`StoreContract` and `StoreHistory` need the extra `testing`. What takes long to load is loaded when it is first used.
"""

from __future__ import annotations

import importlib
import pkgutil
import sys
from typing import TYPE_CHECKING, Any

from contractor_compliance.errors import MissingExtraError
from contractor_compliance.testing.classes import value_classes
from contractor_compliance.testing.clock import FrozenClock
from contractor_compliance.testing.contract.promises import CONTRACT_VERSION

if TYPE_CHECKING:
    from contractor_compliance.testing.cases import load_cases, run_cases
    from contractor_compliance.testing.contract.whole import StoreContract
    from contractor_compliance.testing.desks import sample_desk
    from contractor_compliance.testing.history import StoreHistory

__all__ = [
    "CONTRACT_VERSION",
    "FrozenClock",
    "StoreContract",
    "StoreHistory",
    "load_cases",
    "run_cases",
    "sample_desk",
    "value_classes",
]


#: Where a name that is loaded late stands, and what must be installed for it.
_LATE = {
    "StoreContract": ("contract.whole", "pytest"),
    "StoreHistory": ("history", "hypothesis"),
    "load_cases": ("cases", "cattrs"),
    "run_cases": ("cases", "cattrs"),
    "sample_desk": ("desks", "cattrs"),
}


def __getattr__(name: str) -> Any:
    if name not in _LATE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module, needed = _LATE[name]
    try:
        importlib.import_module(needed)
    except ImportError as error:
        raise MissingExtraError(f"{__name__}.{name}", "testing") from error
    if name == "StoreContract":
        _rewrite_assertions()
    value = globals()[name] = getattr(importlib.import_module(f"{__name__}.{module}"), name)
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


def _rewrite_assertions() -> None:
    """Let pytest rewrite the contract's assertions, or a failure would say no more than that it is one."""
    import pytest

    from contractor_compliance.testing import contract

    modules = {module.name for module in pkgutil.iter_modules(contract.__path__, f"{contract.__name__}.")}
    # What is imported already is past rewriting.
    pytest.register_assert_rewrite(*sorted(modules - sys.modules.keys()))
