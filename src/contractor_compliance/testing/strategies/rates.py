"""Strategies for negotiated rates and rate cards."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import attrs
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from contractor_compliance.domain import CardRate, Rate, RateCard
from contractor_compliance.testing.strategies.sampler import Maker, Sampler, seldom, usually

__all__ = ["RATE_MAKERS"]

_SUCCEEDED = usually(True, False, once_in=2)  # noqa: FBT003


def _rate(sampler: Sampler) -> SearchStrategy[Rate]:
    def build(undated: dict[str, Any], span: tuple[date, date | None], classified: dict[str, Any]) -> Rate:
        return Rate(**undated, **classified, effective=span[0], until=span[1])

    undated = sampler.parts(Rate, "scheme", "class_code", "effective", "until")
    open_ended = sampler.days().map(lambda day: (day, None))
    # A class code means something only with its scheme: both or neither.
    classified = st.fixed_dictionaries({name: sampler.field(Rate, name, str) for name in ("scheme", "class_code")})
    return st.builds(
        build,
        undated,
        seldom(open_ended, sampler.spans(), once_in=2),
        seldom(st.just({}), classified, once_in=3),
    )


def _rate_card(sampler: Sampler) -> SearchStrategy[RateCard]:
    heads = sampler.parts(RateCard, "rates")
    drawn = st.lists(sampler.of(CardRate), max_size=3)

    @st.composite
    def cards(draw: DrawFn) -> RateCard:
        return RateCard(**draw(heads), rates=tuple(_in_turn(draw, draw(drawn))))

    return cards()


def _in_turn(draw: DrawFn, rates: list[CardRate]) -> Iterator[CardRate]:
    """Yield one rate for each job code, line and state, and now and then the one that takes over when it ends."""
    for each in {(rate.job_code_id, rate.line, rate.state): rate for rate in rates}.values():
        yield each
        if each.rate.until is not None and draw(_SUCCEEDED):
            yield attrs.evolve(each, rate=attrs.evolve(each.rate, effective=each.rate.until, until=None))


RATE_MAKERS: Mapping[type[Any], Maker] = {
    Rate: _rate,
    RateCard: _rate_card,
}
