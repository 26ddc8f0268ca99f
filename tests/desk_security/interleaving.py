"""Every way in which one call can fall between the steps of another: a step is what is asked of the store."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import attrs

from contractor_compliance.storage import Store
from tests.desk_security.calls import KeptInMemory

__all__ = ["OutcomePeriod", "Watched", "interleavings"]


@attrs.frozen
class OutcomePeriod:
    """One way.

    Attributes:
        step: Before this step of the call the other one was made, counted from 1.
        store: The company's store afterwards.
        raised: What the call raised.
        meanwhile_raised: What the other one raised.
        between: The sequence of the last commit of the other one.
    """

    step: int
    store: Store
    raised: Exception | None
    meanwhile_raised: Exception | None
    between: int


class Watched:
    """A store that lets something happen before one of its calls.

    Args:
        store: The store.
        step: Before which of the calls, counted from 1.
        meanwhile: What happens.

    Attributes:
        steps: How many calls there were.
    """

    def __init__(self, store: Store, step: int, meanwhile: Callable[[], object]) -> None:
        self.steps = 0
        self._store = store
        self._step = step
        self._meanwhile = meanwhile

    @property
    def company_id(self) -> str:
        return self._store.company_id

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._store, name)

        def call(*args: Any, **kwargs: Any) -> Any:
            self.steps += 1
            if self.steps == self._step:
                self._meanwhile()
            return method(*args, **kwargs)

        return call


def interleavings(
    kept: KeptInMemory,
    company_id: str,
    *,
    call: Callable[[Store], object],
    meanwhile: Callable[[Store], object],
    name: str | None = None,
) -> Iterator[OutcomePeriod]:
    """Make a call again and again, from the same beginning, with another call before its first step, its second, ...

    The last way is the one in which the other call comes after all of them. Each step is whole in itself, as promised
    by the stores, so that there are no other ways.

    Args:
        kept: The beginning.
        company_id: The company in which both are made.
        call: The call.
        meanwhile: The other one.
        name: The use case of the call, if something must have happened for it.
    """
    step = 1
    while True:
        with kept.fork(name) as unbound:
            store: Store = unbound.for_company(company_id)
            told: list[Exception | None] = []
            between: list[int] = []

            def other(store: Store = store, told: list[Any] = told, between: list[int] = between) -> None:
                told.append(_raised(meanwhile, store))
                between.append(store.head().sequence)

            watched: Any = Watched(store, step, other)
            raised = _raised(call, watched)
            was_last = not told
            if was_last:
                other()
            yield OutcomePeriod(step, store, raised, told[0], between[0])
        if was_last:
            return
        step += 1


def _raised(call: Callable[[Store], object], store: Store) -> Exception | None:
    try:
        call(store)
    except Exception as error:  # noqa: BLE001  # whoever looks at the runs says which are right
        return error
    return None
