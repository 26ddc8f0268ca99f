"""Values come back equal, and texts are told apart exactly."""
# ruff: noqa: D102, SIM300  # the name of a test is its claim, and the expected value stands first

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from contractor_compliance.domain import (
    ApplicationStep,
    CardRate,
    EnrollmentEvent,
    EnrollmentState,
    LimitKind,
    Line,
    Missing,
    Policy,
    Rate,
    RateBasis,
    RateCard,
    RateType,
    SetLevel,
    State,
    TaxId,
    Value,
)
from contractor_compliance.storage import FACTS, MAX_ID_LENGTH, VALUES, Key, Order, Query, Store, UnboundStore, key_of
from contractor_compliance.testing import factories as make
from contractor_compliance.testing.contract.base import Contract
from contractor_compliance.testing.contract.promises import promise
from contractor_compliance.testing.contract.steps import (
    CONTRACTOR,
    client_key,
    commit,
    contractor_key,
    current,
    found,
    listed,
    settle,
)

__all__ = ["SAMPLES", "ValuesContract"]

#: Text that something on the way to a disk and back may change.
ODD_TEXT = 'O\'Brien "&" <S\u00f6hne>\\ 100% _x_;--\t\r\n \u00e9 e\u0301 \u200f\u202e \U0001f477\u200d\u2640\ufe0f '
ODD_INSTANT = datetime(2026, 2, 3, 4, 5, 6, 123457, tzinfo=UTC)
#: Beyond what a float can tell apart.
ODD_CENTS = 2**53 + 1


def rate_card() -> RateCard:
    """Return a card with a rate of each basis."""
    rates = tuple(
        CardRate(
            job_code_id="RIG-1",
            line=Line.WC,
            state=state,
            rate=Rate(
                micros=9_876_543,
                type=RateType.NET,
                basis=basis,
                scheme="NCCI",
                class_code="9529",
                effective=date(2026, 1, 1),
                until=date(2027, 1, 1),
                source=ODD_TEXT,
            ),
        )
        for state, basis in zip(State, RateBasis, strict=False)
    )
    return RateCard(id="card-1", title="Negotiated", rates=rates)


def whole_rulebook() -> Value:
    """Return a rule book with every kind of requirement, at every level."""
    return make.rulebook(
        make.gl_requirement(),
        make.umbrella_requirement(),
        make.combined_requirement(),
        make.any_of(),
        make.occupational_accident_requirement(),
        make.custom_requirement(),
        make.requirement(Line.AUTO, limits={LimitKind.COMBINED_SINGLE_LIMIT: ODD_CENTS}),
        make.requirement_set(make.all_of(), id="set-2", level=SetLevel.JOB_CODE, applies_to=frozenset({"RIG-1"})),
        make.requirement_set(
            make.bond_requirement(),
            make.exemption_requirement(),
            id="set-3",
            level=SetLevel.CONTRACTOR,
            applies_to=frozenset({"contractor-1", "contractor-2"}),
        ),
        title=ODD_TEXT,
    )


#: Values of every kind, each with what is hard to keep.
SAMPLES: dict[str, Value] = {
    "company": make.company(name=ODD_TEXT, aliases=("b", "a")),
    "client": make.client(name=ODD_TEXT, aliases=("b", "a", "B")),
    "job_code": make.job_code(description=ODD_TEXT, license_classes=("C-39", "C39")),
    "carrier": make.carrier(),
    "carrier_without_number": make.carrier(naic=None, name=ODD_TEXT),
    "rate_card": rate_card(),
    "rate_card_without_rates": RateCard(id="card-1"),
    "rulebook": whole_rulebook(),
    "role": make.role(permissions=frozenset({"add_contractor", "add_assignment", "export"})),
    "member": make.member(name=ODD_TEXT, roles=frozenset({"role-1", "role-2"})),
    "contractor": make.contractor(
        legal_name=ODD_TEXT,
        aliases=("b", "a"),
        trade_names=("d", "c"),
        tax_id=TaxId("00-0000001"),
        email="Pat@Example.com",
        has_employees=Missing.UNREADABLE,
        people=(make.person(), make.person(id="person-2", ownership_percent=Missing.UNREADABLE)),
    ),
    "contractor_of_few_words": make.contractor(home_address=None, has_employees=Missing.ABSENT),
    "assignment": make.assignment(title=ODD_TEXT, work_states=frozenset({State.AL, State.WY, State.PR})),
    "assignment_of_all_time": make.assignment(start=date.min, end=date.max),
    "assignment_without_end": make.assignment(end=None, worker=Missing.UNREADABLE, on_hold=True),
    "policy": make.gl_policy(number=ODD_TEXT),
    "policy_with_limits": make.gl_policy(
        limits=make.limits({LimitKind.EACH_OCCURRENCE: ODD_CENTS, LimitKind.GENERAL_AGGREGATE: Missing.UNREADABLE})
    ),
    "policy_without_term": make.gl_policy(term=make.term(Missing.UNREADABLE, Missing.ABSENT)),
    "policy_of_workers_compensation": make.wc_policy(cancellations=(make.cancellation(date(2026, 6, 1)),)),
    "policy_of_an_umbrella": make.umbrella_policy(),
    "bond": make.bond(),
    "certificate": make.certificate(received_at=ODD_INSTANT),
    "exemption": make.exemption(people=("b", "a"), reinstatements=(make.reinstatement(date(2026, 6, 1)),)),
    "enrollment": make.enrollment(
        events=(
            EnrollmentEvent(at=ODD_INSTANT, state=EnrollmentState.STARTED, step=ApplicationStep.VERIFY_INFO),
            EnrollmentEvent(at=ODD_INSTANT, state=EnrollmentState.INELIGIBLE, note=ODD_TEXT),
        )
    ),
    "enrollment_without_events": make.enrollment(events=(), work_state=None),
    "waiver": make.waiver(reason=ODD_TEXT, decided_at=ODD_INSTANT),
}
#: Texts that are not the same, though a careless comparison takes them for it.
DOUBLES = {
    "case": ("a", "A"),
    "accent": ("e", "\u00e9"),
    "composition": ("caf\u00e9", "cafe\u0301"),
    "width": ("a", "\uff41"),
    "ligature": ("fi", "\ufb01"),
    "trailing_blank": ("a", "a "),
    "leading_blank": ("a", " a"),
    "line_end": ("a", "a\n"),
    "emoji": ("\U0001f477", "\U0001f477\u200d\u2640\ufe0f"),
    "beyond_the_plane": ("\U0001f477", "\uff5a"),
    "quote": ("a'b", "a''b"),
    "double_quote": ('a"b', 'a""b'),
    "percent": ("%", "a"),
    "underscore": ("a_b", "axb"),
    "backslash": ("a\\b", "a\\\\b"),
    "number": ("1", "1.0"),
    "zeros": ("1", "01"),
    "path": ("a/b", "a%2Fb"),
    "turkish": ("I", "\u0131"),
    "sharp_s": ("ss", "\u00df"),
    "length": ("x" * (MAX_ID_LENGTH - 1) + "1", "x" * (MAX_ID_LENGTH - 1) + "2"),
    "length_in_bytes": ("\U0001f477" * (MAX_ID_LENGTH - 1) + "1", "\U0001f477" * (MAX_ID_LENGTH - 1) + "2"),
    "null_word": ("null", "NULL"),
}
each_double = pytest.mark.parametrize(("one", "other"), list(DOUBLES.values()), ids=list(DOUBLES))


class ValuesContract(Contract):
    """Promise 22."""

    @promise(22)
    @pytest.mark.parametrize("value", list(SAMPLES.values()), ids=list(SAMPLES))
    def test_a_value_comes_back_equal_to_what_was_put(self, store: Store, value: Value) -> None:
        settle(store)
        commit(store, value)

        assert value == current(store, _key(value)).value

    @promise(22, 24)
    @pytest.mark.parametrize("value", list(SAMPLES.values()), ids=list(SAMPLES))
    def test_an_earlier_value_comes_back_equal_too(self, store: Store, value: Value) -> None:
        settle(store)
        recorded = commit(store, value).recorded_at
        commit(store, value)
        (known,) = store.get([_key(value)], recorded)
        (history,) = store.history([_key(value)])

        assert (value, value, type(value)) == (known and known.value, history[-2].value, type(history[-1].value))

    @promise(22)
    def test_a_tax_id_is_kept_in_clear(self, store: Store) -> None:
        found(store)
        commit(store, make.contractor(tax_id=TaxId("00-0000001")))

        assert "000000001" == current(store, CONTRACTOR).value.tax_id.reveal()

    @promise(22)
    def test_the_order_of_what_is_listed_in_a_value_is_kept(self, store: Store) -> None:
        found(store)
        commit(store, make.contractor(aliases=("b", "a", "B", "10", "9")))

        assert ("b", "a", "B", "10", "9") == current(store, CONTRACTOR).value.aliases

    @promise(22)
    @each_double
    def test_ids_are_told_apart(self, store: Store, one: str, other: str) -> None:
        found(store)
        commit(store, make.client(id=one, name="One"), make.client(id=other, name="Other"))
        records = store.get([client_key(one), client_key(other)])

        assert [(one, "One"), (other, "Other")] == [(each.value.id, each.value.name) for each in records if each]

    @promise(22)
    @each_double
    def test_what_is_alike_is_not_found_in_its_place(self, store: Store, one: str, other: str) -> None:
        found(store)
        commit(store, make.contractor(id=one))

        assert ((None,), (None,), ((),)) == (
            store.get([contractor_key(other)]),
            store.dossiers([other]),
            store.history([contractor_key(other)]),
        )

    @promise(22, 21)
    @each_double
    def test_contractors_and_their_facts_are_told_apart(self, store: Store, one: str, other: str) -> None:
        found(store)
        for each in (one, other):
            commit(
                store, make.contractor(id=each), make.gl_policy(id=one, number=each), make.gl_policy(id=other), of=each
            )
        answers = store.dossiers([one, other])

        assert [(one, {one, other}, one), (other, {one, other}, other)] == [
            (each.contractor_id, {policy.id for policy in each.dossier.policies}, _number(each.dossier.policies, one))
            for each in answers
            if each is not None
        ]

    @promise(22, 25)
    @each_double
    def test_ids_are_listed_exactly(self, store: Store, one: str, other: str) -> None:
        found(store)
        commit(store, make.contractor(id=one), make.contractor(id=other))

        assert sorted([one, other]) == listed(store, order=Order.ID)

    @promise(22, 30)
    @each_double
    def test_companies_are_told_apart(self, unbound: UnboundStore, one: str, other: str) -> None:
        found(unbound.for_company(one))
        answers = [unbound.for_company(each) for each in (one, other)]

        assert [(one, 1), (other, 0)] == [(each.company_id, each.head().sequence) for each in answers]

    @promise(22, 25)
    @each_double
    def test_job_codes_and_clients_are_compared_exactly_by_filters(self, store: Store, one: str, other: str) -> None:
        found(store)
        commit(
            store,
            make.contractor(),
            make.client(id=one),
            make.job_code(id=one),
            make.assignment(client_id=one, job_code_id=one),
        )
        wanted, alike = frozenset({one}), frozenset({other})

        assert [1, 1, 0, 0] == [
            store.count(query)
            for query in (
                Query(client_ids=wanted),
                Query(job_code_ids=wanted),
                Query(client_ids=alike),
                Query(job_code_ids=alike),
            )
        ]


def _key(value: Value) -> Key:
    is_fact = any(VALUES[kind] is type(value) for kind in FACTS)
    return key_of(value, CONTRACTOR.id if is_fact else None)


def _number(policies: tuple[Policy, ...], policy_id: str) -> str | None:
    return next((each.number for each in policies if each.id == policy_id), None)
