"""Reads: order, absence, dossiers, histories, and that what comes back is exactly what was put."""
# ruff: noqa: D102, SIM300  # the name of a test is its claim, and the expected value stands first

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import attrs
import pytest

from contractor_compliance import domain
from contractor_compliance.storage import (
    FACTS,
    MAX_ID_LENGTH,
    VALUES,
    DossierRecord,
    Expectation,
    Key,
    Kind,
    Order,
    Store,
    UnboundStore,
    key_of,
)
from contractor_compliance.testing import factories as make
from contractor_compliance.testing.clock import FrozenClock
from contractor_compliance.testing.contract.base import Contract, table
from contractor_compliance.testing.contract.promises import promise
from contractor_compliance.testing.contract.steps import (
    ASSIGNMENT,
    COMPANY_KEY,
    CONTRACTOR,
    POLICY,
    client_key,
    commit,
    contractor_key,
    current,
    fact_key,
    found,
    head_time,
    listed,
    number_of,
    rename,
    settle,
    version_of,
)

__all__ = ["SAMPLES", "ReadingContract"]

JOB_CODE = Key(Kind.JOB_CODE, "RIG-1")
#: Keys of what is not on file, though other values have these ids.
ABSENT = [
    contractor_key("client-1"),
    client_key("contractor-1"),
    Key(Kind.ROLE, "company-1"),
    fact_key(Kind.ASSIGNMENT, "assignment-1", "contractor-9"),
    fact_key(Kind.POLICY, "assignment-1"),
]
FUND = make.carrier(name="Sample Fund Company", naic=None)
#: How a policy names its insurer, and which insurers a dossier then holds, of the sample carrier and the fund.
INSURERS: dict[str, tuple[str | None, str | None, list[domain.Carrier]]] = {
    "number": ("99901", "As the certificate spells it", [make.carrier()]),
    "same_name": (None, "Sample Fund Company", [FUND]),
    "short_name": (None, "SAMPLE FUND CO.", [FUND]),
    "name_with_marks": (None, 'sample  "fund", company', [FUND]),
    "other_name_and_number": ("99902", "Sample Fund", []),
}


def record_of(store: Store, contractor_id: str = CONTRACTOR.id) -> DossierRecord:
    """Return the dossier of a contractor, which must be there, with the versions of what it was made of."""
    (answer,) = store.dossiers([contractor_id])
    assert answer is not None, f"there is no contractor {contractor_id}"
    return answer


def contractor_keys(names: list[str]) -> list[Key]:
    """Return the keys of contractors."""
    return [contractor_key(name) for name in names]


Ask = Callable[[Store, list[str]], list[str | None]]
#: Each call that takes several keys: the contractors that it answers about, when asked about these.
ASKS: dict[str, Ask] = {
    "get": lambda store, names: [record.key.id if record else None for record in store.get(contractor_keys(names))],
    "dossiers": lambda store, names: [answer.contractor_id if answer else None for answer in store.dossiers(names)],
    "history": lambda store, names: [
        history[0].key.id if history else None for history in store.history(contractor_keys(names))
    ],
}
each_ask = table("ask", ASKS)
#: Text that something on the way to a disk and back may change.
ODD_TEXT = 'O\'Brien "&" <S\u00f6hne>\\ 100% _x_;--\t\r\n \u00e9 e\u0301 \u200f\u202e \U0001f477\u200d\u2640\ufe0f '
ODD_INSTANT = datetime(2026, 2, 3, 4, 5, 6, 123457, tzinfo=UTC)
#: Beyond what a float can tell apart.
ODD_CENTS = 2**53 + 1


def rate_card() -> domain.RateCard:
    """Return a card with a rate of each basis."""
    bases = zip(domain.State, domain.RateBasis, strict=False)
    rates = [make.card_rate(state=state, rate=make.rate(basis=basis, source=ODD_TEXT)) for state, basis in bases]
    return make.rate_card(*rates, id="card-1")


def whole_rulebook() -> domain.Value:
    """Return a rule book with every kind of requirement, at every level."""
    auto = make.requirement(domain.Line.AUTO, limits={domain.LimitKind.COMBINED_SINGLE_LIMIT: ODD_CENTS})
    coverage = (make.gl_requirement(), make.umbrella_requirement(), make.combined_requirement(), make.any_of(), auto)
    other_kinds = (make.occupational_accident_requirement(), make.custom_requirement())
    of_job_code = {"id": "set-2", "level": domain.SetLevel.JOB_CODE, "applies_to": frozenset({"RIG-1"})}
    of_contractor = {"id": "set-3", "level": domain.SetLevel.CONTRACTOR, "applies_to": frozenset({"a", "b"})}
    return make.rulebook(
        *coverage,
        *other_kinds,
        make.requirement_set(make.all_of(), **of_job_code),
        make.requirement_set(make.bond_requirement(), make.exemption_requirement(), **of_contractor),
        title=ODD_TEXT,
    )


#: Values of every kind, each with what is hard to keep.
SAMPLES: dict[str, domain.Value] = {
    "company": make.company(name=ODD_TEXT, aliases=("b", "a")),
    "client": make.client(name=ODD_TEXT, aliases=("b", "a", "B")),
    "job_code": make.job_code(description=ODD_TEXT, license_classes=("C-39", "C39")),
    "carrier": make.carrier(),
    "carrier_without_number": make.carrier(naic=None, name=ODD_TEXT),
    "rate_card": rate_card(),
    "rate_card_without_rates": domain.RateCard(id="card-1"),
    "rulebook": whole_rulebook(),
    "role": make.role(permissions=frozenset({"add_contractor", "add_assignment", "export"})),
    "member": make.member(name=ODD_TEXT, roles=frozenset({"role-1", "role-2"})),
    "contractor": make.contractor(
        legal_name=ODD_TEXT,
        aliases=("b", "a"),
        trade_names=("d", "c"),
        tax_id=domain.TaxId("78-4400101"),
        email="Pat@Example.com",
        has_employees=domain.Missing.UNREADABLE,
        people=(make.person(), make.person(id="person-2", ownership_percent=domain.Missing.UNREADABLE)),
    ),
    "contractor_of_few_words": make.contractor(home_address=None, has_employees=domain.Missing.ABSENT),
    "assignment": make.assignment(
        title=ODD_TEXT, work_states=frozenset({domain.State.AL, domain.State.WY, domain.State.PR})
    ),
    "assignment_of_all_time": make.assignment(start=date.min, end=date.max),
    "assignment_without_end": make.assignment(end=None, worker=domain.Missing.UNREADABLE, on_hold=True),
    "policy": make.gl_policy(number=ODD_TEXT),
    "policy_with_limits": make.gl_policy(
        limits=make.limits(
            {domain.LimitKind.EACH_OCCURRENCE: ODD_CENTS, domain.LimitKind.GENERAL_AGGREGATE: domain.Missing.UNREADABLE}
        )
    ),
    "policy_without_term": make.gl_policy(term=make.term(domain.Missing.UNREADABLE, domain.Missing.ABSENT)),
    "policy_of_workers_compensation": make.wc_policy(cancellations=(make.cancellation(date(2026, 6, 1)),)),
    "policy_of_an_umbrella": make.umbrella_policy(),
    "bond": make.bond(),
    "certificate": make.certificate(received_at=ODD_INSTANT),
    "exemption": make.exemption(people=("b", "a"), reinstatements=(make.reinstatement(date(2026, 6, 1)),)),
    "enrollment": make.enrollment(
        events=(
            domain.EnrollmentEvent(
                at=ODD_INSTANT, state=domain.EnrollmentState.STARTED, step=domain.ApplicationStep.VERIFY_INFO
            ),
            domain.EnrollmentEvent(at=ODD_INSTANT, state=domain.EnrollmentState.INELIGIBLE, note=ODD_TEXT),
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
each_double = table("one, alike", DOUBLES)


class ReadingContract(Contract):
    """Promises 15, 16, 21, 22 and 24."""

    # One answer each, in the order asked

    @promise(15, 16)
    @each_ask
    def test_each_key_is_answered_in_the_order_asked_and_twice_if_asked_twice(self, furnished: Store, ask: Ask) -> None:
        commit(furnished, make.contractor(id="contractor-0"))
        names = ["contractor-1", "contractor-9", "contractor-0", "contractor-1", "contractor-9"]
        assert ["contractor-1", None, "contractor-0", "contractor-1", None] == ask(furnished, names)

    @promise(15)
    @each_ask
    def test_many_keys_are_answered_like_one_and_no_key_with_nothing(self, founded: Store, ask: Ask) -> None:
        names = [f"contractor-{number}" for number in range(60, 0, -1)]
        commit(founded, *(make.contractor(id=name) for name in reversed(names)))
        assert (names, []) == (ask(founded, names), ask(founded, []))

    @promise(15)
    def test_values_of_several_kinds_are_answered_in_the_order_asked(self, furnished: Store) -> None:
        keys = [CONTRACTOR, client_key(), ASSIGNMENT, COMPANY_KEY, JOB_CODE]
        answers = [furnished.get(keys), furnished.get(keys[::-1])]
        assert [keys, keys[::-1]] == [[record.key for record in answer if record] for answer in answers]

    # What is not on file

    @promise(16)
    @each_ask
    def test_a_company_that_is_not_on_file_is_answered_like_an_empty_one(self, store: Store, ask: Ask) -> None:
        assert [None] == ask(store, ["contractor-1"])

    @promise(16, 22)
    @pytest.mark.parametrize("key", ABSENT, ids=str)
    def test_the_id_of_another_kind_or_of_another_contractor_finds_nothing(self, furnished: Store, key: Key) -> None:
        answers = (*furnished.get([key]), *furnished.history([key]), *furnished.dossiers(["client-1"]))
        assert (None, (), None) == answers

    @promise(16)
    def test_facts_of_several_kinds_may_have_the_same_id(self, furnished: Store) -> None:
        commit(furnished, make.gl_policy(id="same"), make.certificate(id="same"), make.assignment(id="same"))
        keys = [fact_key(kind, "same") for kind in (Kind.POLICY, Kind.CERTIFICATE, Kind.ASSIGNMENT)]
        assert keys == [record.key for record in furnished.get(keys) if record]

    # Dossiers

    @promise(21)
    def test_a_dossier_holds_the_contractor_its_facts_and_the_records_that_these_name(self, furnished: Store) -> None:
        facts = (make.gl_policy(), make.certificate(), make.exemption(), make.enrollment(), make.waiver())
        commit(furnished, *facts)
        assert make.dossier(*facts) == record_of(furnished).dossier

    @promise(21)
    def test_a_dossier_holds_nothing_that_no_fact_of_its_contractor_names(self, furnished: Store) -> None:
        commit(furnished, make.client(id="client-2"), make.job_code(id="RIG-2"), make.contractor(id="contractor-2"))
        commit(furnished, make.gl_policy(), of="contractor-2")
        assert make.dossier(carriers=()) == record_of(furnished).dossier
        assert (make.gl_policy(),) == record_of(furnished, "contractor-2").dossier.policies

    @promise(21)
    def test_a_dossier_holds_no_fact_that_was_removed_and_nothing_that_it_named(self, furnished: Store) -> None:
        commit(furnished, make.gl_policy())
        commit(furnished, removes=[ASSIGNMENT, POLICY])
        assert domain.Dossier(company=make.company(), contractor=make.contractor()) == record_of(furnished).dossier

    @promise(21)
    @table("naic, name, expected", INSURERS)
    def test_a_dossier_holds_an_insurer_named_by_number_or_normalized_name(
        self, furnished: Store, naic: str | None, name: str | None, expected: list[domain.Carrier]
    ) -> None:
        commit(furnished, FUND, make.gl_policy(carrier_naic=naic, carrier_name=name))
        assert tuple(expected) == record_of(furnished).dossier.carriers

    @promise(21)
    def test_a_dossier_holds_the_insurer_that_any_source_names(self, furnished: Store) -> None:
        weaker = domain.PolicyIdentification(carrier_name=FUND.name, evidence=make.evidence())
        policy = make.gl_policy()
        commit(furnished, FUND, attrs.evolve(policy, identifications=(*policy.identifications, weaker)))
        assert {make.carrier(), FUND} == set(record_of(furnished).dossier.carriers)

    @promise(21, 17)
    def test_an_insurer_is_looked_up_by_the_name_that_it_had_at_the_time(self, furnished: Store) -> None:
        commit(furnished, make.gl_policy(carrier_naic=None))
        before = head_time(furnished)
        commit(furnished, make.carrier(name="Renamed Mutual Insurance Company"))
        (then,), (now,) = furnished.dossiers([CONTRACTOR.id], before), furnished.dossiers([CONTRACTOR.id])
        assert [(make.carrier(),), ()] == [answer.dossier.carriers for answer in (then, now) if answer]

    @promise(21)
    def test_the_records_of_a_dossier_stand_in_the_order_of_their_ids(self, furnished: Store) -> None:
        names = ["b", "a", "\U0001f477", "B", "\uff5a", "10", "9"]
        commit(furnished, *(make.client(id=name) for name in names), *(make.job_code(id=name) for name in names))
        assignments = [make.assignment(id=name, client_id=name, job_code_id=name) for name in names]
        commit(furnished, *assignments, *(make.gl_policy(id=name) for name in names), removes=[ASSIGNMENT])
        dossier = record_of(furnished).dossier
        assert [sorted(names)] * 4 == [
            [assignment.id for assignment in dossier.assignments],
            [policy.id for policy in dossier.policies],
            [client.id for client in dossier.clients],
            [job_code.id for job_code in dossier.job_codes],
        ]

    @promise(21, 7)
    def test_a_dossier_names_the_versions_that_a_decision_from_it_expects(self, furnished: Store) -> None:
        commit(furnished, make.gl_policy())
        rename(furnished)
        keys = [COMPANY_KEY, client_key(), JOB_CODE, Key(Kind.CARRIER, "99901"), CONTRACTOR]
        expects = record_of(furnished).expects
        assert {Expectation(key, version_of(furnished, key)) for key in keys} == set(expects)
        assert 4 == commit(furnished, make.wc_policy(), expects={read.key: read.version for read in expects}).sequence

    # Histories

    @promise(24, 17)
    def test_a_history_lists_every_version_and_until_when_oldest_first(self, store: Store, clock: FrozenClock) -> None:
        instants = [settle(store).recorded_at]
        for step, name in ((timedelta(microseconds=1), "First"), (timedelta(days=400), "Second")):
            clock.advance(step)
            instants.append(rename(store, name).recorded_at)
        (history,) = store.history([client_key()])
        assert [
            (1, instants[0], instants[1], make.client()),
            (2, instants[1], instants[2], make.client(name="First")),
            (3, instants[2], None, make.client(name="Second")),
        ] == [(record.version, record.recorded_at, record.superseded_at, record.value) for record in history]

    @promise(24)
    def test_a_removal_ends_the_last_version_and_keeps_it(self, furnished: Store, clock: FrozenClock) -> None:
        recorded = head_time(furnished)
        clock.advance(seconds=1)
        removed = commit(furnished, removes=[ASSIGNMENT]).recorded_at
        (history,) = furnished.history([ASSIGNMENT])
        assert [(1, recorded, removed, make.assignment())] == [
            (record.version, record.recorded_at, record.superseded_at, record.value) for record in history
        ]

    @promise(24, 12)
    def test_a_history_goes_on_when_a_removed_fact_is_put_again(self, furnished: Store, clock: FrozenClock) -> None:
        first = head_time(furnished)
        second = commit(furnished, removes=[ASSIGNMENT]).recorded_at
        clock.advance(seconds=1)
        third = commit(furnished, make.assignment(title="Again")).recorded_at
        (history,) = furnished.history([ASSIGNMENT])
        assert furnished.get([ASSIGNMENT]) == history[-1:]
        assert [(1, first, second, None), (3, third, None, "Again")] == [
            (record.version, record.recorded_at, record.superseded_at, record.value.title) for record in history
        ]

    @promise(24, 8)
    def test_the_history_of_a_contractor_has_a_version_for_each_commit_that_touched_it(self, furnished: Store) -> None:
        commit(furnished, make.gl_policy())
        rename(furnished)
        commit(furnished, removes=[ASSIGNMENT])
        (history,) = furnished.history([CONTRACTOR])
        assert [(version, make.contractor()) for version in (1, 2, 3)] == [
            (record.version, record.value) for record in history
        ]

    # Exactly what was put

    @promise(22, 24)
    @table("value", SAMPLES)
    def test_a_value_comes_back_equal_to_what_was_put_now_and_as_known(
        self, furnished: Store, value: domain.Value
    ) -> None:
        is_fact = type(value) in [VALUES[kind] for kind in FACTS]
        key = key_of(value, CONTRACTOR.id if is_fact else None)
        recorded = commit(furnished, value).recorded_at
        now = current(furnished, key).value
        commit(furnished, value)
        (as_known,), (history,) = furnished.get([key], recorded), furnished.history([key])
        assert [value] * 4 == [now, as_known and as_known.value, history[-2].value, history[-1].value]

    @promise(22)
    def test_a_tax_id_is_kept_in_clear(self, founded: Store) -> None:
        commit(founded, make.contractor(tax_id=domain.TaxId("78-4400101")))
        assert "784400101" == current(founded, CONTRACTOR).value.tax_id.reveal()

    @promise(22)
    @each_double
    def test_ids_that_look_alike_are_kept_apart_whether_one_or_both_are_on_file(
        self, founded: Store, one: str, alike: str
    ) -> None:
        keys = [contractor_key(one), contractor_key(alike)]
        commit(founded, make.contractor(id=one, email="one@example.com"))
        absent = (founded.get(keys)[1], founded.dossiers([one, alike])[1], founded.history(keys)[1])
        commit(founded, make.contractor(id=alike, email="alike@example.com"))
        values = [record.value for record in founded.get(keys) if record]
        assert (None, None, ()) == absent
        assert [(one, "one@example.com"), (alike, "alike@example.com")] == [(value.id, value.email) for value in values]

    @promise(22, 21, 25)
    @each_double
    def test_contractors_and_facts_whose_ids_look_alike_are_kept_apart(
        self, founded: Store, one: str, alike: str
    ) -> None:
        for name in (one, alike):
            policies = [make.gl_policy(id=policy_id, number=name) for policy_id in sorted((one, alike))]
            commit(founded, make.contractor(id=name), *policies, of=name)
        policies_of = [answer.dossier.policies for answer in founded.dossiers([one, alike]) if answer]
        assert sorted([one, alike]) == listed(founded, order=Order.ID)
        assert [[(policy_id, name) for policy_id in sorted((one, alike))] for name in (one, alike)] == [
            [(policy.id, number_of(policy)) for policy in policies] for policies in policies_of
        ]

    @promise(22, 30)
    @each_double
    def test_companies_whose_ids_look_alike_are_kept_apart(self, unbound: UnboundStore, one: str, alike: str) -> None:
        found(unbound.for_company(one))
        answers = [unbound.for_company(name) for name in (one, alike)]
        assert [(one, 1), (alike, 0)] == [(handle.company_id, handle.head().sequence) for handle in answers]

    @promise(22, 25)
    @each_double
    def test_job_codes_and_clients_are_compared_exactly_by_filters(self, founded: Store, one: str, alike: str) -> None:
        shared = (make.contractor(), make.client(id=one), make.job_code(id=one))
        commit(founded, *shared, make.assignment(client_id=one, job_code_id=one))
        filters = ({"client_ids": {one}}, {"client_ids": {alike}}, {"job_code_ids": {one}}, {"job_code_ids": {alike}})
        assert [1, 0, 1, 0] == [len(listed(founded, **query)) for query in filters]

    @promise(22, 5)
    @each_double
    def test_commits_whose_keys_look_alike_are_kept_apart(self, founded: Store, one: str, alike: str) -> None:
        keys = ["x" * (255 - MAX_ID_LENGTH) + text for text in (one, alike)]
        for key in keys:
            commit(founded, make.client(), key=key, fingerprint=key)
        assert [(keys[0], 2), (keys[1], 3)] == [
            (receipt.key, receipt.sequence) for receipt in map(founded.receipt, keys) if receipt
        ]
