"""Which records describe one policy, and which may (domain rules B14.1, B14.2).

A policy is known by its line, its number and its insurer. Records that agree in all three are one policy: their
statements are resolved together, and notices on any of them count for all. Where number or insurer leave it open, two
records may be one policy; then both readings are judged, and neither is taken in the contractor's favor.
"""

from __future__ import annotations

import functools
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from functools import cached_property

import attrs

from contractor_compliance.domain.certificate import Exemption
from contractor_compliance.domain.line import Line
from contractor_compliance.domain.names.insurers import InsurerMatch, insurer_name, match_insurer
from contractor_compliance.domain.policy import Policy
from contractor_compliance.domain.term import Cancellation, Reinstatement
from contractor_compliance.domain.value import Missing

__all__ = [
    "Identity",
    "PolicyRecords",
    "exemption_peers",
    "is_placeholder",
    "number_key",
    "policies_if_one",
    "pool",
    "possible_doubles",
    "terms_of",
]

#: Texts that stand in the place of a number that is not known yet; they prove neither one policy nor two.
_PLACEHOLDERS = frozenset(
    {"TBD", "TBA", "PENDING", "BINDER", "BOUND", "NEW", "NEWBUSINESS", "VARIOUS", "NA", "NONE", "UNKNOWN", "APPLIEDFOR"}
)
_SHORTEST_NUMBER = 4
#: A longer text is no placeholder, and is not remembered.
_REMEMBERED = 60
_MARKS = re.compile(r"[\W_]+")
#: What insurers add to a number from term to term: `-01`, `-25`, `/2026`.
_RENEWAL = re.compile(r"[\s/._-]+(?:\d{1,2}|(?:19|20)\d\d)(?:[/-]\d{2})?\s*$")
_FIRST, _END = 0, date.max.toordinal() + 1


@attrs.define(eq=False)
class PolicyRecords:
    """The records of one policy in one of its terms, to be resolved together.

    Attributes:
        records: The records, by id; at least one.
        cancellations: Notices of cancellation on any record of the policy, whatever the term.
        reinstatements: Notices of reinstatement, likewise.
        identity: Place of the policy among those on file: its terms share it.
    """

    records: tuple[Policy, ...]
    cancellations: tuple[Cancellation, ...]
    reinstatements: tuple[Reinstatement, ...]
    identity: int = 0


@attrs.define(eq=False)
class Identity:
    """One policy, by number and insurer: its records, whatever the term.

    Attributes:
        records: Its records, by id.
        number: Its number in one spelling; None = not known, or of no matter: no other record is of the line.
    """

    records: tuple[Policy, ...]
    number: str | None = None

    @cached_property
    def root(self) -> str | None:
        """The number without what a renewal adds."""
        if self.number is None:
            return None
        return number_key(_RENEWAL.sub("", self.records[0].number or "")) or self.number

    @cached_property
    def insurers(self) -> frozenset[tuple[str | None, str | None]]:
        """The NAIC number and the name of the insurer, as the records state them."""
        return frozenset((record.carrier_naic, record.carrier_name) for record in self.records)

    @cached_property
    def spans(self) -> tuple[tuple[int, int], ...]:
        """The days on which each record may be in force, as ordinals."""
        return tuple(dict.fromkeys(map(_span, self.records)))

    @property
    def has_notices(self) -> bool:
        """Whether a notice of cancellation is on file."""
        return any(record.cancellations for record in self.records)

    def is_clearly_of_another_insurer(self, other: Identity) -> bool:
        """Return whether all that is stated of the insurers shows two; agents print groups and abbreviations."""
        return all(
            match_insurer(*insurer, *other_insurer) is InsurerMatch.DIFFERENT
            for insurer in self.insurers
            for other_insurer in other.insurers
        )


def number_key(number: str | None) -> str | None:
    """Return a policy number in one spelling, its letters and digits alone; None for one that proves nothing.

    Example:
        >>> number_key("UMB 0012345"), number_key("umb-0012345"), number_key("TBD")
        ('UMB0012345', 'UMB0012345', None)
    """
    if number is None:
        return None
    key = _MARKS.sub("", number.casefold().upper())
    return None if len(key) < _SHORTEST_NUMBER or key in _PLACEHOLDERS else key


def is_placeholder(number: str) -> bool:
    """Return whether a text stands in the place of a policy number that is not known yet.

    Example:
        >>> is_placeholder("T.B.D."), is_placeholder("001"), is_placeholder("GL 0012345")
        (True, True, False)
    """
    return len(number) <= _REMEMBERED and _remembered_placeholder(number)


@functools.lru_cache(maxsize=4096)
def _remembered_placeholder(number: str) -> bool:
    return number_key(number) is None


def pool(records: Iterable[Policy]) -> tuple[Identity, ...]:
    """Return the policies that the records make, by the ids of their first records."""
    by_line: dict[Line, list[Policy]] = defaultdict(list)
    for record in records:
        by_line[record.line].append(record)
    identities: list[Identity] = []
    for of_line in by_line.values():
        # The only record of its line is taken for no other, so that its number need not be read.
        identities += [Identity((of_line[0],))] if len(of_line) == 1 else _by_number(of_line)
    if len(identities) > 1:
        identities.sort(key=lambda identity: identity.records[0].id)
    return tuple(identities)


def _by_number(records: list[Policy]) -> Iterator[Identity]:
    numbered: dict[str, list[Policy]] = defaultdict(list)
    for record in records:
        key = number_key(record.number)
        if key is None:
            yield Identity((record,))
        else:
            numbered[key].append(record)
    for key, alike in numbered.items():
        if len(alike) == 1:
            yield Identity((alike[0],), key)
        else:
            yield from _by_insurer(alike, key)


def terms_of(identities: Iterable[Identity]) -> tuple[PolicyRecords, ...]:
    """Return the policies term by term."""
    terms = [term for place, identity in enumerate(identities) for term in _terms(identity, place)]
    return tuple(sorted(terms, key=lambda term: term.records[0].id))


def possible_doubles(identities: tuple[Identity, ...]) -> dict[int, frozenset[int]]:
    """Return, by place, the policies that each may be one with; only for those for which there are any."""
    doubles: dict[int, set[int]] = defaultdict(set)
    by_line: dict[Line, list[int]] = defaultdict(list)
    for place, identity in enumerate(identities):
        by_line[identity.records[0].line].append(place)
    for places in by_line.values():
        if len(places) < 2:
            continue
        for one, other in _alike([(place, identities[place]) for place in places]):
            doubles[one].add(other)
            doubles[other].add(one)
    return {place: frozenset(others) for place, others in doubles.items()}


def policies_if_one(identities: tuple[Identity, ...], doubles: dict[int, frozenset[int]]) -> tuple[Identity, ...]:
    """Return the policies as they are if those that may be one are one.

    The best identified is kept, and what may be the same policy is resolved together with it; a record that may be
    one with several counts with each of them, and no more by itself.
    """

    def rank(place: int) -> tuple[bool, bool, int]:
        identity = identities[place]
        return identity.number is None, identity.insurers == {(None, None)}, place

    kept: set[int] = set()
    for place in sorted(doubles, key=rank):
        if not doubles[place] & kept:
            kept.add(place)
    joined = []
    for place, identity in enumerate(identities):
        if place in kept:
            records = [*identity.records, *(r for other in sorted(doubles[place]) for r in identities[other].records)]
            joined.append(Identity(tuple(sorted(records, key=lambda record: record.id)), identity.number))
        elif place not in doubles:
            joined.append(identity)
    return tuple(joined)


def exemption_peers(exemptions: Iterable[Exemption], *, if_one: bool = False) -> dict[str, tuple[Exemption, ...]]:
    """Return, by id, the records of one exemption: of one kind, state and number, itself included.

    Args:
        exemptions: The records.
        if_one: Take those that may be one for one: of one kind and state, where a number is missing.
    """
    numbered: dict[object, list[Exemption]] = defaultdict(list)
    unnumbered: dict[object, list[Exemption]] = defaultdict(list)
    of_state: dict[object, list[Exemption]] = defaultdict(list)
    records = tuple(exemptions)
    for record in records:
        key = number_key(record.number)
        of_state[record.kind, record.state].append(record)
        if key is None:
            unnumbered[record.kind, record.state].append(record)
        else:
            numbered[record.kind, record.state, key].append(record)

    def peers(record: Exemption) -> tuple[Exemption, ...]:
        key = number_key(record.number)
        if key is None:
            return tuple(of_state[record.kind, record.state]) if if_one else (record,)
        alike = numbered[record.kind, record.state, key]
        return (*alike, *unnumbered[record.kind, record.state]) if if_one else tuple(alike)

    return {record.id: peers(record) for record in records}


def _alike(identities: list[tuple[int, Identity]]) -> Iterator[tuple[int, int]]:
    """Yield the places of policies of one line that may be one."""
    by_root: dict[str, list[tuple[int, Identity]]] = defaultdict(list)
    unnumbered: list[tuple[int, Identity]] = []
    for place, identity in identities:
        if identity.root is None:
            unnumbered.append((place, identity))
        else:
            by_root[identity.root].append((place, identity))
    insurers = _InsurerPairs()
    for alike in by_root.values():
        for index, (place, one) in enumerate(alike):
            for other_place, other in alike[index + 1 :]:
                apart = insurers.are_clearly_two(one, other)
                if one.number != other.number and apart:
                    continue
                if _overlap(one, other) or (not apart and (one.has_notices or other.has_notices)):
                    yield place, other_place
    for place, one in unnumbered:
        for other_place, other in identities:
            is_pair = place < other_place if other.root is None else True
            if is_pair and _overlap(one, other) and not insurers.are_clearly_two(one, other):
                yield place, other_place


class _InsurerPairs:
    """Which insurers are clearly two, each pair compared once."""

    def __init__(self) -> None:
        self._compared: dict[tuple[object, object], bool] = {}

    def are_clearly_two(self, one: Identity, other: Identity) -> bool:
        pair = (one.insurers, other.insurers)
        if pair not in self._compared:
            self._compared[pair] = one.is_clearly_of_another_insurer(other)
        return self._compared[pair]


def _overlap(one: Identity, other: Identity) -> bool:
    return any(
        first < other_end and other_first < end for first, end in one.spans for other_first, other_end in other.spans
    )


def _by_insurer(records: list[Policy], key: str) -> Iterator[Identity]:
    """Split records of one number by insurer: by NAIC number where both have it, else by name."""
    by_naic: dict[str, list[Policy]] = defaultdict(list)
    by_name: dict[str, list[Policy]] = defaultdict(list)
    for record in records:
        if record.carrier_naic is not None:
            by_naic[record.carrier_naic].append(record)
    names = {naic: {insurer_name(record.carrier_name) for record in alike} - {""} for naic, alike in by_naic.items()}
    for record in records:
        if record.carrier_naic is None:
            name = insurer_name(record.carrier_name)
            numbers = [naic for naic, naic_names in names.items() if name in naic_names]
            (by_naic[numbers[0]] if len(numbers) == 1 else by_name[name]).append(record)
    for alike in (*by_naic.values(), *by_name.values()):
        yield Identity(tuple(sorted(alike, key=lambda record: record.id)), key)


def _terms(identity: Identity, place: int) -> Iterator[PolicyRecords]:
    """Yield a policy term by term: records whose terms share a day compete, others follow each other."""
    records = identity.records
    if len(records) == 1:
        (record,) = records
        yield PolicyRecords(records, record.cancellations, record.reinstatements, place)
        return
    cancellations = tuple(dict.fromkeys(notice for record in records for notice in record.cancellations))
    reinstatements = tuple(dict.fromkeys(notice for record in records for notice in record.reinstatements))
    # A policy may count for one assignment here and for all there, or in another capacity: these stay apart.
    apart: dict[object, list[Policy]] = defaultdict(list)
    for record in records:
        apart[record.assignment_id, record.insured_as, record.program].append(record)
    for alike in apart.values():
        for cluster in _clusters(alike):
            yield PolicyRecords(
                tuple(sorted(cluster, key=lambda record: record.id)), cancellations, reinstatements, place
            )


def _clusters(records: list[Policy]) -> list[list[Policy]]:
    clusters: list[tuple[int, list[Policy]]] = []
    without_term = [record for record in records if not _states_term(record)]
    dated = ((_anchor(record), record) for record in records if _states_term(record))
    for (first, end), record in sorted(dated, key=lambda item: (item[0], item[1].id)):
        if clusters and first < clusters[-1][0]:
            clusters[-1] = (max(clusters[-1][0], end), [*clusters[-1][1], record])
        else:
            clusters.append((end, [record]))
    if len(clusters) == 1:
        return [[*clusters[0][1], *without_term]]
    return [*(cluster for _, cluster in clusters), *([record] for record in without_term)]


def _states_term(record: Policy) -> bool:
    first, end = _span(record)
    return first > _FIRST or end < _END


def _span(record: Policy) -> tuple[int, int]:
    """Return the days on which the record may be in force, as ordinals: the first, and the day after the last."""
    firsts = [term.effective.toordinal() for term in record.terms if not isinstance(term.effective, Missing)]
    ends = [term.expiration.toordinal() for term in record.terms if not isinstance(term.expiration, Missing)]
    return min(firsts, default=_FIRST), max(ends, default=_END)


def _anchor(record: Policy) -> tuple[int, int]:
    """Return the days by which a record finds its term: of a term with one end stated, the day at that end."""
    first, end = _span(record)
    if end == _END and not any(term.continuous for term in record.terms):
        return first, first + 1
    return (end - 1, end) if first == _FIRST else (first, end)
