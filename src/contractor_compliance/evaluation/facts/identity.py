"""Which records describe one policy, and which may (domain rules B14.1, B14.2).

A policy is known by its line, its number and its insurer. Records that agree in all three are one policy: their
statements are resolved together, and notices on any of them count for all. Where number or insurer leave it open, two
records may be one policy; then both readings are judged, and neither is taken in the contractor's favor. A number may
lack the letters or zeros that it begins with, and one layer may be filed as umbrella and as excess.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from functools import cached_property
from itertools import combinations

import attrs

from contractor_compliance.domain.certificate import Exemption
from contractor_compliance.domain.line import Line
from contractor_compliance.domain.names.insurers import InsurerMatch, insurer_name, match_insurer
from contractor_compliance.domain.policy import Policy
from contractor_compliance.domain.term import Cancellation, Reinstatement
from contractor_compliance.domain.value import Missing
from contractor_compliance.evaluation.facts.identification import Insurer, insurers_of, number_key, numbers_of
from contractor_compliance.evaluation.facts.resolved import pooled

__all__ = [
    "Identity",
    "PolicyRecords",
    "are_of_different_lines",
    "each_alone",
    "exemption_peers",
    "policies_if_one",
    "pool",
    "possible_doubles",
    "terms_of",
]

#: What insurers add to a number from term to term: `-01`, `-25`, `/2026`.
_RENEWAL = re.compile(r"[\s/._-]+(?:\d{1,2}|(?:19|20)\d\d)(?:[/-]\d{2})?\s*$")
#: The letters and zeros that a number begins with, which one document prints and another leaves out.
_BEGINNING = re.compile(r"^(?=.*\d{4})(?:[A-Z]+0*|0+)(?=\d{4})")
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
        numbers: Its number in one spelling, with the text as printed; several where equally good sources contradict
            each other; none = not known, or of no matter: no other record is of the line.
    """

    records: tuple[Policy, ...]
    numbers: dict[str, str] = attrs.field(factory=dict)

    @cached_property
    def roots(self) -> tuple[str, ...]:
        """The number without what a renewal adds, or each that it may have."""
        return tuple(
            dict.fromkeys(number_key(_RENEWAL.sub("", text)) or number for number, text in self.numbers.items())
        )

    @cached_property
    def bare_numbers(self) -> frozenset[str]:
        """The number without the letters and zeros that it begins with, or each that it may have."""
        return frozenset(_BEGINNING.sub("", number) for number in self.numbers)

    @cached_property
    def insurers(self) -> frozenset[Insurer]:
        """The NAIC number and the name of the insurer, as the records state them."""
        return frozenset(insurer for record in self.records for insurer in _insurers(record))

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


def are_of_different_lines(records: Sequence[Policy]) -> bool:
    """Return whether no two records are of one line, or are layers, so that none may describe the policy of another."""
    return len({_box(record.line) for record in records}) == len(records)


def _box(line: Line) -> Line:
    """Return the line as the box of a certificate has it: umbrella and excess share one."""
    return Line.UMBRELLA if line.is_layer else line


def each_alone(records: Iterable[Policy]) -> tuple[PolicyRecords, ...]:
    """Return policies of one record each, by id."""
    ordered = sorted(records, key=lambda record: record.id)
    return tuple(
        [
            PolicyRecords((record,), record.cancellations, record.reinstatements, place)
            for place, record in enumerate(ordered)
        ]
    )


def pool(records: Iterable[Policy]) -> tuple[Identity, ...]:
    """Return the policies that the records make, by the ids of their first records."""
    by_line: dict[Line, list[Policy]] = defaultdict(list)
    for record in records:
        by_line[record.line].append(record)
    identities: list[Identity] = []
    has_both_layers = sum(line.is_layer for line in by_line) > 1
    for of_line in by_line.values():
        # The only record of its line is taken for no other, so that its number need not be read.
        is_alone = len(of_line) == 1 and not (has_both_layers and of_line[0].line.is_layer)
        identities += [Identity((of_line[0],))] if is_alone else _by_number(of_line)
    if len(identities) > 1:
        identities.sort(key=lambda identity: identity.records[0].id)
    return tuple(identities)


def _by_number(records: list[Policy]) -> Iterator[Identity]:
    numbered: dict[str, list[Policy]] = defaultdict(list)
    for record in records:
        numbers = numbers_of(record.identifications)
        if len(numbers) == 1:
            numbered[next(iter(numbers))].append(record)
        else:
            # Without a number, or with two that contradict each other, it is surely one with no other.
            yield Identity((record,), numbers)
    for alike in numbered.values():
        if len(alike) == 1:
            yield Identity((alike[0],), numbers_of(alike[0].identifications))
        else:
            yield from _by_insurer(alike)


def terms_of(identities: Iterable[Identity]) -> tuple[PolicyRecords, ...]:
    """Return the policies term by term."""
    terms = [term for place, identity in enumerate(identities) for term in _terms(identity, place)]
    return tuple(sorted(terms, key=lambda term: term.records[0].id))


def possible_doubles(identities: tuple[Identity, ...]) -> dict[int, frozenset[int]]:
    """Return, by place, the policies that each may be one with; only for those for which there are any."""
    doubles: dict[int, set[int]] = defaultdict(set)
    by_line: dict[Line, list[int]] = defaultdict(list)
    for place, identity in enumerate(identities):
        by_line[_box(identity.records[0].line)].append(place)
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
        return not identity.numbers, identity.insurers == {(None, None)}, place

    kept: set[int] = set()
    for place in sorted(doubles, key=rank):
        if not doubles[place] & kept:
            kept.add(place)
    joined = []
    for place, identity in enumerate(identities):
        if place in kept:
            records = [*identity.records, *(r for other in sorted(doubles[place]) for r in identities[other].records)]
            joined.append(Identity(tuple(sorted(records, key=lambda record: record.id)), identity.numbers))
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
        if not identity.roots:
            unnumbered.append((place, identity))
        for root in identity.roots:
            by_root[root].append((place, identity))
    insurers = _InsurerPairs()
    for alike in by_root.values():
        for (place, one), (other_place, other) in combinations(alike, 2):
            if _may_be_one_by_number(one, other, insurers):
                yield place, other_place
    yield from _alike_but_for_the_beginning(identities, insurers)
    yield from _alike_without_number(unnumbered, identities, insurers)


def _may_be_one_by_number(one: Identity, other: Identity, insurers: _InsurerPairs) -> bool:
    """Return whether two policies may be one whose numbers agree but for what a renewal adds."""
    apart = insurers.are_clearly_two(one, other)
    if apart and one.numbers.keys().isdisjoint(other.numbers):
        return False
    return _overlap(one, other) or (not apart and (one.has_notices or other.has_notices))


def _alike_without_number(
    unnumbered: list[tuple[int, Identity]], identities: list[tuple[int, Identity]], insurers: _InsurerPairs
) -> Iterator[tuple[int, int]]:
    """Yield the places of the policies that one without a number may be one with."""
    for place, one in unnumbered:
        for other_place, other in identities:
            is_pair = place < other_place if not other.roots else True
            # Of an umbrella and an excess policy without numbers, nothing says that they are one.
            is_pair = is_pair and one.records[0].line == other.records[0].line
            if is_pair and _overlap(one, other) and not insurers.are_clearly_two(one, other):
                yield place, other_place


def _alike_but_for_the_beginning(
    identities: list[tuple[int, Identity]], insurers: _InsurerPairs
) -> Iterator[tuple[int, int]]:
    """Yield the places of policies of which one's number is the other's without the letters or zeros in front."""
    by_number: dict[str, list[tuple[int, Identity]]] = defaultdict(list)
    for place, identity in identities:
        for number in identity.numbers:
            by_number[number].append((place, identity))
    for place, one in identities:
        for bare in one.bare_numbers - one.numbers.keys():
            for other_place, other in by_number.get(bare, ()):
                same_line = one.records[0].line == other.records[0].line
                if same_line and _overlap(one, other) and not insurers.are_clearly_two(one, other):
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


def _insurers(record: Policy) -> frozenset[Insurer]:
    return insurers_of(record.identifications)[0] or frozenset({(None, None)})


def _by_insurer(records: list[Policy]) -> Iterator[Identity]:
    """Split records of one number by insurer: by NAIC number where both have it, else by name."""
    by_naic: dict[str, list[Policy]] = defaultdict(list)
    names: dict[str, set[str]] = defaultdict(set)
    by_name: dict[str, list[Policy]] = defaultdict(list)
    unnumbered: list[tuple[Policy, str]] = []
    for record in records:
        insurers = _insurers(record)
        naic, name = next(iter(insurers))
        if len(insurers) > 1:
            # Its sources name two insurers: it is surely one with no other.
            yield _identity([record])
        elif naic is None:
            unnumbered.append((record, insurer_name(name)))
        else:
            by_naic[naic].append(record)
            names[naic].add(insurer_name(name))
    for record, name in unnumbered:
        naics = [naic for naic, naic_names in names.items() if name in naic_names - {""}]
        (by_naic[naics[0]] if len(naics) == 1 else by_name[name]).append(record)
    for alike in (*by_naic.values(), *by_name.values()):
        yield _identity(alike)


def _identity(records: list[Policy]) -> Identity:
    ordered = tuple(sorted(records, key=lambda record: record.id))
    return Identity(ordered, numbers_of(ordered[0].identifications))


def _terms(identity: Identity, place: int) -> Iterator[PolicyRecords]:
    """Yield a policy term by term: records whose terms share a day compete, others follow each other."""
    records = identity.records
    if len(records) == 1:
        (record,) = records
        yield PolicyRecords(records, record.cancellations, record.reinstatements, place)
        return
    cancellations, reinstatements = pooled(records, "cancellations"), pooled(records, "reinstatements")
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
    """Return the records of each term; one that states no term belongs to the only one, else it stands alone."""
    without_term = [record for record in records if not _states_term(record)]
    clusters = _sharing_days([record for record in records if _states_term(record)])
    if len(clusters) == 1:
        return [[*clusters[0], *without_term]]
    return [*clusters, *([record] for record in without_term)]


def _sharing_days(records: list[Policy]) -> list[list[Policy]]:
    """Group the records whose terms share a day."""
    clusters: list[list[Policy]] = []
    until = _FIRST
    for record in sorted(records, key=lambda record: (_anchor(record), record.id)):
        first, end = _anchor(record)
        if clusters and first < until:
            clusters[-1].append(record)
            until = max(until, end)
        else:
            clusters.append([record])
            until = end
    return clusters


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
