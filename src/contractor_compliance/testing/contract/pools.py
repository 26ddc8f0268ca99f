"""What the made-up histories are made of: small pools of values, keys, standings and queries, so that things meet."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import attrs
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from contractor_compliance.domain import (
    Address,
    ApplicationStep,
    Dossier,
    EnrollmentEvent,
    EnrollmentState,
    Line,
    Missing,
    State,
    Subject,
    TaxId,
    Value,
)
from contractor_compliance.results import InsuranceStatus, Verdict
from contractor_compliance.storage import FACTS, Key, Kind, Order, Put, Query, StandingUpdate, put
from contractor_compliance.testing import factories as make
from contractor_compliance.testing import strategies
from contractor_compliance.testing.contract.steps import row

__all__ = [
    "CONTRACTORS",
    "NO_FACT",
    "Look",
    "Way",
    "aggregates",
    "beginning",
    "companies",
    "contractors_in",
    "expected",
    "few_puts",
    "keys",
    "looks",
    "offsets",
    "places",
    "puts",
    "queries",
    "seldom",
    "standings",
    "steps_of_time",
    "switches",
    "ways",
]

# Choices


@attrs.frozen
class Way:
    """How values are put.

    Attributes:
        company_id: Which company is put with them: None for none, empty for the handle's own.
        off_by: How far from the current version is what is expected.
        breaks: Whether the seal does.
    """

    company_id: str | None = None
    off_by: int = 0
    breaks: bool = False


#: The first company is founded at once, so most is done with it.
companies = st.sampled_from(["company-1", "company-1", "company-1", "company-2"])
#: Chooses among what has come about, whose number is not known beforehand.
places = st.integers(0, 99)
#: How far from an instant that is of interest is asked about.
offsets = st.sampled_from([timedelta(microseconds=each) for each in (0, 0, 1, -1, 30_000_000, -30_000_000)])
#: One in three.
seldom = st.integers(0, 2).map(lambda number: number == 2)
#: How the clock moves.
steps_of_time = st.sampled_from(
    [timedelta(microseconds=each) for each in (1, 1_234_567, 10**11, -1, -(10**8), -(10**11))]
)
#: Most are as they should be.
ways = st.sampled_from(
    [
        *(Way() for _ in range(4)),
        *(Way("") for _ in range(3)),
        *(Way(each) for each in ("company-2", "Company-1")),
        *(Way(off_by=each) for each in (1, -1, 9)),
        Way(breaks=True),
    ]
)
#: Which generation is switched to: 0 is the one before the present one.
switches = st.sampled_from([None, None, 0, 1, 2, 2, 3])

CONTRACTORS = ("contractor-1", "contractor-1", "contractor-2", "Contractor-1", "e\u0301 ")
_NAMES = (
    "Apex LLC",
    "APEX, L.L.C.",
    "apex",
    "Zenith Rigging",
    "\u00c5ngstr\u00f6m & S\u00f6hne",
    "Zenith Rigging ",
    "x" * 201,
)
_STATES = (State.AL, State.TX, State.WA)
_SETS = (frozenset[State](), frozenset({State.AL}), frozenset({State.AL, State.TX}), frozenset({State.WA}))
_DAYS = (date(2026, 3, 1), date(2026, 6, 1), date(2026, 6, 2), date(2027, 1, 1))
_CLIENTS = ("client-1", "Client-1")
_JOB_CODES = ("RIG-1", "RIG-2")
_EMAILS = ("pat@example.com", "PAT@example.com", "sam@example.org")
_CERTIFICATES = ("certificate-1", "certificate-2")
_SUBJECTS = (Subject(issuer="issuer", subject="a"), Subject(issuer="issuer", subject="A"))
_CARRIER_NAMES = ("Sample Mutual Insurance Company", "SAMPLE MUTUAL INSURANCE CO.", "Sample Fund")

_contractor_ids = st.sampled_from(CONTRACTORS)
_names = st.sampled_from(_NAMES)


def _one_of(*pool: Any) -> SearchStrategy[Any]:
    return st.sampled_from(pool)


_contractors = st.builds(
    make.contractor,
    id=_contractor_ids,
    legal_name=_names,
    trade_names=_one_of((), ("Other Name",)),
    home_address=_one_of(None, *(Address(state=state) for state in _STATES)),
    email=_one_of(None, *_EMAILS),
    tax_id=_one_of(None, TaxId("000000001")),
    people=_one_of((make.person(),), (make.person(),), ()),
)
_shared: SearchStrategy[Value] = st.one_of(
    _contractors,
    _contractors,
    st.builds(make.client, id=_one_of(*_CLIENTS), name=_names),
    st.builds(make.job_code, id=_one_of(*_JOB_CODES), title=_names),
    st.builds(make.carrier, name=_one_of(*_CARRIER_NAMES), naic=_one_of(None, "99901", "99902")),
    st.builds(make.rate_card, id=_one_of("card-1"), title=_one_of(None, *_NAMES)),
    st.builds(make.rulebook, st.builds(make.gl_requirement), version=_one_of(1, 2), title=_one_of(None, *_NAMES)),
    st.builds(make.role, id=_one_of("role-1", "role-2"), title=_names),
    st.builds(make.member, id=_one_of("member-1", "member-2"), name=_names, subject=_one_of(*_SUBJECTS)),
)


def _assignment(days: tuple[date, date | None], is_cancelled: bool, **parts: Any) -> Value:  # noqa: FBT001  # drawn
    start, end = days
    return make.assignment(start=start, end=end, cancelled_on=start if is_cancelled else None, **parts)


def _enrollment(states: list[EnrollmentState], step: ApplicationStep | None, **parts: Any) -> Value:
    at = datetime(2026, 2, 1, 12, 0, 0, 123457, tzinfo=UTC)
    return make.enrollment(events=tuple(EnrollmentEvent(at=at, state=each, step=step) for each in states), **parts)


_evidence = st.builds(make.evidence, certificate_id=_one_of(None, None, *_CERTIFICATES))
_facts: SearchStrategy[Value] = st.one_of(
    st.builds(
        _assignment,
        days=_one_of(
            (date(2026, 3, 1), None), (date(2026, 3, 1), date(2026, 6, 1)), (date(2026, 6, 2), date(2026, 6, 2))
        ),
        is_cancelled=seldom,
        id=_one_of("assignment-1", "assignment-2"),
        client_id=_one_of(None, *_CLIENTS),
        job_code_id=_one_of(None, *_JOB_CODES),
        work_states=_one_of(*_SETS),
        remote=st.booleans(),
        on_hold=seldom,
        worker=_one_of(Missing.ABSENT, "person-1"),
    ),
    st.builds(
        make.policy,
        _one_of(Line.GL, Line.WC, Line.UMBRELLA),
        id=_one_of("policy-1", "policy-2"),
        term=st.builds(make.term, evidence=_evidence),
        carrier_name=_one_of(None, *_CARRIER_NAMES),
        carrier_naic=_one_of(None, "99901", "99902"),
        assignment_id=_one_of(None, None, "assignment-1"),
    ),
    st.builds(make.certificate, id=_one_of(*_CERTIFICATES), number=_one_of(None, *_NAMES)),
    st.builds(make.exemption, state=_one_of(*_STATES), terms=st.tuples(st.builds(make.term, evidence=_evidence))),
    st.builds(
        _enrollment,
        id=_one_of("enrollment-1", "enrollment-2"),
        states=st.lists(_one_of(EnrollmentState.INVITED, EnrollmentState.STARTED, EnrollmentState.EXPIRED), max_size=2),
        step=_one_of(None, *ApplicationStep),
    ),
    st.builds(
        make.waiver,
        assignment_id=_one_of(None, None, "assignment-1"),
        policy_id=_one_of(None, None, "policy-1"),
        certificate_id=_one_of(None, None, *_CERTIFICATES),
    ),
)
_fact_puts = st.builds(put, _facts, _contractor_ids)
_put = st.one_of(_shared.map(put), _fact_puts, _fact_puts)
few_puts = st.lists(_fact_puts, max_size=1)


def beginning(company_id: str) -> list[Put]:
    """Return what the first commit of a company puts: two contractors at work, and what their facts name."""
    shared = (
        make.company(id=company_id),
        make.client(),
        make.job_code(),
        make.carrier(),
        make.contractor(),
        make.contractor(id="contractor-2", legal_name="apex rigging", email=_EMAILS[0]),
    )
    elsewhere = {"client_id": None, "job_code_id": None, "worker": Missing.ABSENT}
    work = make.assignment(id="assignment-2", work_states=frozenset({State.TX}), **elsewhere)
    first = (make.assignment(), work, make.certificate(), make.gl_policy(id="policy-1"), make.enrollment())
    second = make.assignment(work_states=frozenset(), remote=True, **elsewhere)
    return [*map(put, shared), *(put(each, "contractor-1") for each in first), put(second, "contractor-2")]


def _records(dossier: Dossier) -> list[Put]:
    shared = (dossier.contractor, *dossier.clients, *dossier.job_codes, *dossier.carriers)
    owned = [put(each, dossier.contractor.id) for field in FACTS.values() for each in getattr(dossier, field)]
    return [*map(put, shared), *owned]


#: What one commit puts: some values, which need not fit each other and of which the last one of a key counts; or all
#: records of a dossier but its company, so that every field of every class comes about.
_few = st.lists(_put, min_size=1, max_size=4)
puts = st.one_of(_few, _few, _few, _few, strategies.dossiers().map(_records))


# Keys


def _fact_keys(contractor_id: str) -> list[Key]:
    ids = {
        Kind.ASSIGNMENT: ("assignment-1", "assignment-2"),
        Kind.POLICY: ("policy-1", "policy-2"),
        Kind.CERTIFICATE: _CERTIFICATES,
        Kind.EXEMPTION: ("exemption-1",),
        Kind.ENROLLMENT: ("enrollment-1", "enrollment-2"),
        Kind.WAIVER: ("waiver-1",),
    }
    return [Key(kind, each, contractor_id) for kind, own in ids.items() for each in own]


#: A fact that is never there.
NO_FACT = Key(Kind.POLICY, "policy-9", "contractor-1")
_fact_keys_of_all = st.one_of(
    st.sampled_from(_fact_keys("contractor-1")), st.sampled_from(_fact_keys("contractor-2") + _fact_keys("e\u0301 "))
)
aggregates = st.sampled_from(
    [
        *(Key(Kind.CONTRACTOR, each) for each in ("contractor-1", "contractor-2", "Contractor-1", "contractor-9")),
        *(Key(Kind.CLIENT, each) for each in _CLIENTS),
        *(Key(Kind.JOB_CODE, each) for each in _JOB_CODES),
        *(Key(Kind.CARRIER, each) for each in ("99901", *_CARRIER_NAMES)),
        *(Key(Kind.COMPANY, each) for each in ("company-1", "company-2")),
        *(Key(Kind.MEMBER, each) for each in ("member-1", "member-2")),
        Key(Kind.RATE_CARD, "card-1"),
        Key(Kind.RULEBOOK, "rulebook-1"),
        Key(Kind.ROLE, "role-1"),
    ]
)
expected = st.lists(aggregates, min_size=1, max_size=2)
keys = st.lists(st.one_of(_fact_keys_of_all, aggregates, aggregates), min_size=1, max_size=5)


def contractors_in(wanted: Sequence[Key]) -> list[str]:
    """Return the contractors that keys name, and the sample one."""
    named = [key.contractor_id or key.id for key in wanted if key.aggregate.kind is Kind.CONTRACTOR]
    return [*named, "contractor-1"]


# Standings


@st.composite
def _standing(draw: DrawFn) -> StandingUpdate:
    contractor_id = draw(st.sampled_from(["contractor-1", "contractor-1", "contractor-2", "Contractor-1"]))
    ends = draw(st.lists(st.sampled_from(_DAYS), unique=True, max_size=2).map(sorted))
    starts = [date.min, *ends]
    rows = tuple(
        row(
            contractor_id,
            start=start,
            end=end,
            verdict=draw(st.sampled_from([Verdict.COMPLIANT, Verdict.NON_COMPLIANT])),
            insurance=draw(st.sampled_from([InsuranceStatus.INSURED, InsuranceStatus.UNINSURED])),
        )
        for start, end in zip(starts, [*ends, None], strict=True)
    )
    return StandingUpdate(contractor_id, rows if draw(st.booleans()) or len(ends) else (), draw(st.integers(0, 3)))


standings = st.lists(_standing(), min_size=1, max_size=2, unique_by=lambda each: (each.contractor_id, each.generation))


# Queries


def _some(*pool: Any) -> SearchStrategy[frozenset[Any]]:
    return st.one_of(st.just(frozenset[Any]()), st.frozensets(st.sampled_from(pool), min_size=1, max_size=2))


_OF_CONTRACTORS = {
    "home_states": _some(*_STATES),
    "work_states": _some(*_STATES),
    "job_code_ids": _some(*_JOB_CODES),
    "client_ids": _some(*_CLIENTS),
    "opt_in": _some(EnrollmentState.NOT_INVITED, EnrollmentState.INVITED, EnrollmentState.COMPLETED),
    "steps": _some(*ApplicationStep),
    "text": _one_of("a", "apex", "zen rig", "ang", "\u00c5NG", "example", "1"),
    "email": _one_of(*_EMAILS),
    "insurers": _some("99901", "99902", *_CARRIER_NAMES),
}
_OF_STANDINGS = {
    "verdicts": _some(Verdict.COMPLIANT, Verdict.NON_COMPLIANT),
    "insurance": _some(InsuranceStatus.INSURED, InsuranceStatus.UNINSURED),
    "changes_by": _one_of(*_DAYS),
}


@st.composite
def _contractor_query(draw: DrawFn) -> Query:
    on = draw(st.sampled_from([None, *_DAYS]))
    filters = _OF_CONTRACTORS if on is None else _OF_CONTRACTORS | _OF_STANDINGS
    work = ["work_states", "job_code_ids", "client_ids"]
    names = draw(st.lists(st.sampled_from([*filters, *work, *work]), max_size=3, unique=True))
    orders = [each for each in Order if on is not None or each is not Order.NEXT_CHANGE]
    return Query(on=on, order=draw(st.sampled_from(orders)), **{name: draw(filters[name]) for name in names})


queries = st.one_of(
    _contractor_query(),
    _contractor_query(),
    _contractor_query(),
    st.builds(
        Query,
        kind=_one_of(*(kind for kind in Kind if not kind.is_fact and kind is not Kind.CONTRACTOR)),
        order=_one_of(Order.NAME, Order.ID),
    ),
    st.builds(Query, kind=st.just(Kind.CARRIER), insurers=_some("99901", "99902", *_CARRIER_NAMES)),
    st.builds(Query, kind=st.just(Kind.MEMBER), subject=_one_of(*_SUBJECTS)),
)


# What is looked at


@attrs.frozen
class Look:
    """What is read after a commit."""

    keys: list[Key]
    query: Query
    limit: int
    after: int


looks = st.builds(Look, keys, queries, st.sampled_from([1, 1, 2, 3, 1000]), st.integers(0, 9))
