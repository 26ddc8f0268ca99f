"""Tools with which a host, or a store's author, tests its own code.

`FrozenClock`, `factories` and `sample_desk` need nothing but the library; `strategies`, `StoreContract` and
`StoreHistory` need the extra `testing`. `sample_desk` and the last two are loaded when they are first used.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from contractor_compliance.errors import MissingExtraError
from contractor_compliance.testing.classes import value_classes
from contractor_compliance.testing.clock import FrozenClock
from contractor_compliance.testing.contract.promises import CONTRACT_VERSION

if TYPE_CHECKING:
    from contractor_compliance.testing.contract.whole import StoreContract
    from contractor_compliance.testing.desks import sample_desk
    from contractor_compliance.testing.history import StoreHistory

__all__ = ["CONTRACT_VERSION", "FrozenClock", "StoreContract", "StoreHistory", "sample_desk", "value_classes"]


def __getattr__(name: str) -> Any:
    match name:
        case "StoreContract":
            value = _contract()
        case "StoreHistory":
            value = _history()
        case "sample_desk":
            value = importlib.import_module(f"{__name__}.desks").sample_desk
        case _:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


def _contract() -> Any:
    import pkgutil
    import sys

    from contractor_compliance.testing import contract

    try:
        import pytest
    except ImportError as error:
        raise MissingExtraError(f"{__name__}.StoreContract", "testing") from error
    # Before they are imported, or a failure would say no more than that it is one.
    modules = {each.name for each in pkgutil.iter_modules(contract.__path__, f"{contract.__name__}.")}
    pytest.register_assert_rewrite(*sorted(modules - sys.modules.keys()))
    return importlib.import_module(f"{contract.__name__}.whole").StoreContract


def _history() -> Any:
    try:
        import hypothesis as _  # noqa: F401  # the one check, so that the module may import it plainly
    except ImportError as error:
        raise MissingExtraError(f"{__name__}.StoreHistory", "testing") from error
    return importlib.import_module(f"{__name__}.history").StoreHistory
