"""What the made-up histories are made of: small pools of values, keys, standings and queries, so that things meet."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import attrs
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from contractor_compliance import domain
from contractor_compliance.results import InsuranceStatus, Verdict
from contractor_compliance.storage import FACTS, Key, Kind, Order, Put, Query, StandingUpdate, put
from contractor_compliance.testing import factories as make
from contractor_compliance.testing import strategies
from contractor_compliance.testing.contract.steps import row


def _one_of(*pool: Any) -> SearchStrategy[Any]:
    return st.sampled_from(pool)


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
companies = _one_of("company-1", "company-1", "company-1", "company-2")
#: Chooses among what has come about, whose number is not known beforehand.
places = st.integers(0, 99)
#: How far from an instant that is of interest is asked about.
offsets = _one_of(*(timedelta(microseconds=number) for number in (0, 0, 1, -1, 30_000_000, -30_000_000)))
#: One in three.
seldom = st.integers(0, 2).map(lambda number: number == 2)
#: How the clock moves.
steps_of_time = _one_of(*(timedelta(microseconds=number) for number in (1, 1_234_567, 10**11, -1, -(10**8), -(10**11))))
_wrong_ways = [Way("company-2"), Way("Company-1"), Way(off_by=1), Way(off_by=-1), Way(off_by=9), Way(breaks=True)]
#: Most are as they should be.
ways = _one_of(*[Way()] * 4, *[Way("")] * 3, *_wrong_ways)
#: Which generation is switched to: 0 is the one before the present one.
switches = _one_of(None, None, 0, 1, 2, 2, 3)

CONTRACTORS = ("contractor-1", "contractor-1", "contractor-2", "Contractor-1", "e\u0301 ")
_NAMES = (
    "Apex LLC",
    "APEX, L.L.C.",
    "apex",
    "Zenith Rigging",
    "Zenith Rigging ",
    "\u00c5ngstr\u00f6m & S\u00f6hne",
    "x" * 201,
)
_STATES = (domain.State.AL, domain.State.TX, domain.State.WA)
_SETS = (
    frozenset[domain.State](),
    frozenset({domain.State.AL}),
    frozenset({domain.State.AL, domain.State.TX}),
    frozenset({domain.State.WA}),
)
_DAYS = (date(2026, 3, 1), date(2026, 6, 1), date(2026, 6, 2), date(2027, 1, 1))
_SPANS = ((_DAYS[0], None), (_DAYS[0], _DAYS[1]), (_DAYS[2], _DAYS[2]))
_CLIENTS = ("client-1", "Client-1")
_JOB_CODES = ("RIG-1", "RIG-2")
_EMAILS = ("pat@example.com", "PAT@example.com", "sam@example.org")
_CERTIFICATES = ("certificate-1", "certificate-2")
_SUBJECTS = (domain.Subject(issuer="issuer", subject="a"), domain.Subject(issuer="issuer", subject="A"))
_INSURERS = ("Sample Mutual Insurance Company", "SAMPLE MUTUAL INSURANCE CO.", "Sample Fund")
_NUMBERS = ("99901", "99902")

# Values

_contractor_ids = _one_of(*CONTRACTORS)
_names = _one_of(*_NAMES)
_contractors = st.builds(
    make.contractor,
    id=_contractor_ids,
    legal_name=_names,
    trade_names=_one_of((), ("Other Name",)),
    home_address=_one_of(None, *(domain.Address(state=state) for state in _STATES)),
    email=_one_of(None, *_EMAILS),
    tax_id=_one_of(None, domain.TaxId("784400101")),
    people=_one_of((make.person(),), (make.person(),), ()),
)
_shared: SearchStrategy[domain.Value] = st.one_of(
    _contractors,
    _contractors,
    st.builds(make.client, id=_one_of(*_CLIENTS), name=_names),
    st.builds(make.job_code, id=_one_of(*_JOB_CODES), title=_names),
    st.builds(make.carrier, name=_one_of(*_INSURERS), naic=_one_of(None, *_NUMBERS)),
    st.builds(make.rate_card, id=st.just("card-1"), title=_one_of(None, *_NAMES)),
    st.builds(make.rulebook, st.builds(make.gl_requirement), version=_one_of(1, 2), title=_one_of(None, *_NAMES)),
    st.builds(make.role, id=_one_of("role-1", "role-2"), title=_names),
    st.builds(make.member, id=_one_of("member-1", "member-2"), name=_names, subject=_one_of(*_SUBJECTS)),
)


def _assignment(span: tuple[date, date | None], is_cancelled: bool, **parts: Any) -> domain.Value:  # noqa: FBT001  # drawn
    return make.assignment(start=span[0], end=span[1], cancelled_on=span[0] if is_cancelled else None, **parts)


def _enrollment(
    states: list[domain.EnrollmentState], step: domain.ApplicationStep | None, **parts: Any
) -> domain.Value:
    at = datetime(2026, 2, 1, 12, 0, 0, 123457, tzinfo=UTC)
    return make.enrollment(
        events=tuple(domain.EnrollmentEvent(at=at, state=state, step=step) for state in states), **parts
    )


_evidence = st.builds(make.evidence, certificate_id=_one_of(None, None, *_CERTIFICATES))
_facts: SearchStrategy[domain.Value] = st.one_of(
    st.builds(
        _assignment,
        span=_one_of(*_SPANS),
        is_cancelled=seldom,
        id=_one_of("assignment-1", "assignment-2"),
        client_id=_one_of(None, *_CLIENTS),
        job_code_id=_one_of(None, *_JOB_CODES),
        work_states=_one_of(*_SETS),
        remote=st.booleans(),
        on_hold=seldom,
        worker=_one_of(domain.Missing.ABSENT, "person-1"),
    ),
    st.builds(
        make.policy,
        _one_of(domain.Line.GL, domain.Line.WC, domain.Line.UMBRELLA),
        id=_one_of("policy-1", "policy-2"),
        term=st.builds(make.term, evidence=_evidence),
        carrier_name=_one_of(None, *_INSURERS),
        carrier_naic=_one_of(None, *_NUMBERS),
        assignment_id=_one_of(None, None, "assignment-1"),
    ),
    st.builds(make.certificate, id=_one_of(*_CERTIFICATES), number=_one_of(None, *_NAMES)),
    st.builds(make.exemption, state=_one_of(*_STATES), terms=st.tuples(st.builds(make.term, evidence=_evidence))),
    st.builds(
        _enrollment,
        id=_one_of("enrollment-1", "enrollment-2"),
        states=st.lists(
            _one_of(domain.EnrollmentState.INVITED, domain.EnrollmentState.STARTED, domain.EnrollmentState.EXPIRED),
            max_size=2,
        ),
        step=_one_of(None, *domain.ApplicationStep),
    ),
    st.builds(
        make.waiver,
        assignment_id=_one_of(None, None, "assignment-1"),
        policy_id=_one_of(None, None, "policy-1"),
        certificate_id=_one_of(None, None, *_CERTIFICATES),
    ),
)
_fact_puts = st.builds(put, _facts, _contractor_ids)
few_puts = st.lists(_fact_puts, max_size=1)


def beginning(company_id: str) -> list[Put]:
    """Return what the first commit of a company puts: two contractors at work, and what their facts name."""
    second = make.contractor(id="contractor-2", legal_name="apex rigging", email=_EMAILS[0])
    shared = (make.company(id=company_id), make.client(), make.job_code(), make.carrier(), make.contractor(), second)
    alone = {"client_id": None, "job_code_id": None, "worker": domain.Missing.ABSENT}
    in_texas = make.assignment(id="assignment-2", work_states=frozenset({domain.State.TX}), **alone)
    facts = (make.assignment(), in_texas, make.certificate(), make.gl_policy(id="policy-1"), make.enrollment())
    remote = put(make.assignment(work_states=frozenset(), remote=True, **alone), "contractor-2")
    return [*map(put, shared), *(put(fact, "contractor-1") for fact in facts), remote]


def _records(dossier: domain.Dossier) -> list[Put]:
    shared = (dossier.contractor, *dossier.clients, *dossier.job_codes, *dossier.carriers)
    facts = [put(fact, dossier.contractor.id) for field in FACTS.values() for fact in getattr(dossier, field)]
    return [*map(put, shared), *facts]


#: What one commit puts: some values, which need not fit each other and of which the last one of a key counts; or all
#: records of a dossier but its company, so that every field of every class comes about.
_few = st.lists(st.one_of(_shared.map(put), _fact_puts, _fact_puts), min_size=1, max_size=4)
puts = st.one_of(_few, _few, _few, _few, strategies.dossiers().map(_records))

# Keys

_IDS: dict[Kind, Sequence[str]] = {
    Kind.CONTRACTOR: ("contractor-1", "contractor-2", "Contractor-1", "contractor-9"),
    Kind.CLIENT: _CLIENTS,
    Kind.JOB_CODE: _JOB_CODES,
    Kind.CARRIER: ("99901", *_INSURERS),
    Kind.COMPANY: ("company-1", "company-2"),
    Kind.MEMBER: ("member-1", "member-2"),
    Kind.RATE_CARD: ("card-1",),
    Kind.RULEBOOK: ("rulebook-1",),
    Kind.ROLE: ("role-1",),
    Kind.ASSIGNMENT: ("assignment-1", "assignment-2"),
    Kind.POLICY: ("policy-1", "policy-2"),
    Kind.CERTIFICATE: _CERTIFICATES,
    Kind.EXEMPTION: ("exemption-1",),
    Kind.ENROLLMENT: ("enrollment-1", "enrollment-2"),
    Kind.WAIVER: ("waiver-1",),
}


def _keys(*owners: str) -> SearchStrategy[Key]:
    """Return the keys of facts of some contractors, or of all that is no fact."""
    ids = [(kind, own_id) for kind, own_ids in _IDS.items() if kind.is_fact is bool(owners) for own_id in own_ids]
    return _one_of(*(Key(kind, own_id, owner) for owner in owners or (None,) for kind, own_id in ids))


#: A fact that is never there.
NO_FACT = Key(Kind.POLICY, "policy-9", "contractor-1")
_fact_keys = st.one_of(_keys("contractor-1"), _keys("contractor-2", "e\u0301 "))
expected = st.lists(_keys(), min_size=1, max_size=2)
keys = st.lists(st.one_of(_fact_keys, _keys(), _keys()), min_size=1, max_size=5)


def contractors_in(keys: Sequence[Key]) -> list[str]:
    """Return the contractors that keys name, and the sample one."""
    return [*(key.aggregate.id for key in keys if key.aggregate.kind is Kind.CONTRACTOR), "contractor-1"]


# Standings


@st.composite
def _standing(draw: DrawFn) -> StandingUpdate:
    contractor_id = draw(_one_of("contractor-1", "contractor-1", "contractor-2", "Contractor-1"))
    ends = draw(st.lists(_one_of(*_DAYS), unique=True, max_size=2).map(sorted))
    rows = tuple(
        row(
            contractor_id,
            start=start,
            end=end,
            verdict=draw(_one_of(Verdict.COMPLIANT, Verdict.NON_COMPLIANT)),
            insurance=draw(_one_of(InsuranceStatus.INSURED, InsuranceStatus.UNINSURED)),
        )
        for start, end in zip([date.min, *ends], [*ends, None], strict=True)
    )
    return StandingUpdate(contractor_id, rows if draw(st.booleans()) or len(ends) else (), draw(st.integers(0, 3)))


standings = st.lists(
    _standing(), min_size=1, max_size=2, unique_by=lambda update: (update.contractor_id, update.generation)
)

# Queries


def _some(*pool: Any) -> SearchStrategy[frozenset[Any]]:
    return st.one_of(st.just(frozenset[Any]()), st.frozensets(st.sampled_from(pool), min_size=1, max_size=2))


_WORK = {"work_states": _some(*_STATES), "job_code_ids": _some(*_JOB_CODES), "client_ids": _some(*_CLIENTS)}
_OF_CONTRACTORS = _WORK | {
    "home_states": _some(*_STATES),
    "opt_in": _some(
        domain.EnrollmentState.NOT_INVITED, domain.EnrollmentState.INVITED, domain.EnrollmentState.COMPLETED
    ),
    "steps": _some(*domain.ApplicationStep),
    "text": _one_of("a", "apex", "zen rig", "ang", "\u00c5NG", "example", "1"),
    "email": _one_of(*_EMAILS),
    "insurers": _some(*_NUMBERS, *_INSURERS),
}
_OF_STANDINGS = {
    "verdicts": _some(Verdict.COMPLIANT, Verdict.NON_COMPLIANT),
    "insurance": _some(InsuranceStatus.INSURED, InsuranceStatus.UNINSURED),
    "changes_by": _one_of(*_DAYS),
}


@st.composite
def _contractor_query(draw: DrawFn) -> Query:
    on = draw(_one_of(None, *_DAYS))
    filters = _OF_CONTRACTORS if on is None else _OF_CONTRACTORS | _OF_STANDINGS
    names = draw(st.lists(_one_of(*filters, *_WORK, *_WORK), max_size=3, unique=True))
    orders = [order for order in Order if on is not None or order is not Order.NEXT_CHANGE]
    return Query(on=on, order=draw(_one_of(*orders)), **{name: draw(filters[name]) for name in names})


_other_kinds = _one_of(*(kind for kind in Kind if not kind.is_fact and kind is not Kind.CONTRACTOR))
queries = st.one_of(
    _contractor_query(),
    _contractor_query(),
    _contractor_query(),
    st.builds(Query, kind=_other_kinds, order=_one_of(Order.NAME, Order.ID)),
    st.builds(Query, kind=st.just(Kind.CARRIER), insurers=_some(*_NUMBERS, *_INSURERS)),
    st.builds(Query, kind=st.just(Kind.MEMBER), subject=_one_of(*_SUBJECTS)),
)


@attrs.frozen
class Look:
    """What is read after a commit."""

    keys: list[Key]
    query: Query
    limit: int
    after: int


looks = st.builds(Look, keys, queries, _one_of(1, 1, 2, 3, 1000), st.integers(0, 9))
