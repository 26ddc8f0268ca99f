"""Who may do what: the desk does what the table says, for every use case, role, state of a member and company."""

from __future__ import annotations

import contextlib
import itertools
import logging
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import attrs
import pytest

from contractor_compliance.desk import (
    DEFAULT_ROLES,
    OWNER,
    PERMISSION_TITLES,
    READS,
    WRITES,
    ComplianceDesk,
    MemberDesk,
    permission_of,
)
from contractor_compliance.desk.access import CHANGES, allows
from contractor_compliance.domain import (
    AssignmentGate,
    CompanySettings,
    Member,
    MemberState,
    Role,
    Subject,
    TaxId,
    Value,
)
from contractor_compliance.errors import (
    AccessDeniedError,
    ConflictError,
    GateError,
    NotAllowedError,
)
from contractor_compliance.storage import FACTS, VALUES, Key, Kind, MemoryStore, Query, Record, Store
from contractor_compliance.testing import FrozenClock
from contractor_compliance.testing import factories as make
from tests.desk_security.access_table import ALSO, NOBODY, PERMISSIONS, POWERS, ROLES, TABLE
from tests.desk_security.calls import (
    CALLS,
    COMPANIES,
    NOW,
    OTHERS,
    OURS,
    Ids,
    KeptInMemory,
    add_members,
    build,
    desk_of,
    invoke,
    subject_of,
    use_cases,
)
from tests.desk_security.interleaving import interleavings
from tests.storage.databases import sqlite_database

STATES = tuple(MemberState)
TEAM_WORK = frozenset(
    {"assign_roles", "invite_member", "put_role", "reinstate_member", "remove_member", "suspend_member"}
)


def member_of(prefix: str, role: str, state: MemberState, roles: frozenset[str] | None = None) -> Member:
    """Return a member whose subject is known whatever its state, which is the hardest case."""
    name = f"{role}-{state.value}"
    return Member(
        id=f"{prefix}-{name}",
        name=name,
        state=state,
        subject=subject_of(prefix, name),
        roles=frozenset({role}) if roles is None else roles,
    )


@pytest.fixture(scope="module")
def staffed(in_memory: KeptInMemory) -> Iterator[KeptInMemory]:
    """Two companies that have a member of each role in each state."""
    with in_memory.fork() as store:
        for prefix, company_id in COMPANIES.items():
            people = [member_of(prefix, role, state) for role, state in itertools.product(ROLES, STATES)]
            people += [member_of(prefix, "none", state, NOBODY) for state in STATES]
            add_members(store.for_company(company_id), *people)
        yield KeptInMemory(store)


@pytest.fixture
def store(in_memory: KeptInMemory) -> Iterator[Store]:
    """Our company."""
    with in_memory.fork() as store:
        yield store.for_company(COMPANIES[OURS])


@pytest.fixture
def desk(store: Store) -> ComplianceDesk:
    return desk_of(store, FrozenClock(NOW))


def acting(store: Store, permissions: frozenset[str], name: str = "somebody") -> MemberDesk:
    """Return the desk of a member who has just these permissions."""
    role = Role(id=f"role of {name}", title=name, permissions=permissions)
    someone = Member(
        id=name,
        name=name,
        state=MemberState.ACTIVE,
        subject=Subject(issuer="x", subject=name),
        roles=frozenset({role.id}),
    )
    add_members(store, someone, roles=(role,))
    assert someone.subject is not None
    return desk_of(store, FrozenClock(NOW)).acting_as(someone.subject)


def is_denied(call: Callable[[], object]) -> bool:
    """Whether a call is refused for want of access; whatever else it raises comes through."""
    try:
        call()
    except AccessDeniedError:
        return True
    return False


# The table is whole


def test_every_use_case_is_a_row_of_the_table() -> None:
    assert set(use_cases()) == set(TABLE)


def test_every_use_case_has_a_sound_call() -> None:
    assert set(use_cases()) == set(CALLS)


def test_every_permission_is_one_of_the_table() -> None:
    assert set(PERMISSIONS) == WRITES | READS


def test_the_desk_reports_the_permission_of_each_use_case_as_the_table_does() -> None:
    assert {name: row.permission for name, row in TABLE.items()} == {name: permission_of(name) for name in use_cases()}


def test_a_name_that_is_no_use_case_has_no_permission() -> None:
    with pytest.raises(KeyError):
        permission_of("override_gate")


def test_every_permission_has_a_written_title_of_its_own() -> None:
    titles = [PERMISSION_TITLES[permission] for permission in WRITES | READS]

    assert len(titles) == len(set(titles)) == len(PERMISSION_TITLES)
    assert [] == [title for title in titles if "_" in title or " " not in title]


def test_every_default_role_is_a_column_of_the_table() -> None:
    assert ROLES == tuple(default_role.id for default_role in DEFAULT_ROLES)


def test_every_use_case_that_changes_something_has_a_permission_of_its_own() -> None:
    assert {name for name, row in TABLE.items() if row.writes} == (WRITES - set(POWERS)) & set(TABLE)


@pytest.mark.parametrize("name", use_cases())
def test_a_valid_call_by_a_member_with_the_permission_succeeds(staffed: KeptInMemory, name: str) -> None:
    """Or the tests of this folder would say nothing."""
    with staffed.fork(name) as store:
        desk = desk_of(store.for_company(COMPANIES[OURS]), FrozenClock(NOW))
        before = staffed.contents(store)

        invoke(desk.acting_as(subject_of(OURS, "owner-active")), name, Ids(OURS))

        assert TABLE[name].writes is (before != staffed.contents(store))


# The table holds


@pytest.mark.parametrize("name", use_cases())
def test_each_use_case_is_open_to_the_roles_that_the_table_names_and_to_no_others(
    staffed: KeptInMemory, name: str
) -> None:
    may = {}
    for role, state, prefix in itertools.product((*ROLES, "none"), STATES, COMPANIES):
        with staffed.fork(name) as store:
            before = staffed.contents(store)
            desk = desk_of(store.for_company(COMPANIES[OURS]), FrozenClock(NOW))
            me = desk.acting_as(subject_of(prefix, f"{role}-{state.value}"))
            refused = is_denied(lambda me=me: invoke(me, name, Ids(OURS)))
            may[role, state, prefix] = not refused
            if refused:
                assert before == staffed.contents(store)

    assert may == {
        (role, state, prefix): role in TABLE[name].roles and state is MemberState.ACTIVE and prefix == OURS
        for role, state, prefix in itertools.product((*ROLES, "none"), STATES, COMPANIES)
    }


@pytest.mark.parametrize("name", use_cases())
def test_a_refusal_does_not_tell_whether_there_is_such_a_member(staffed: KeptInMemory, name: str) -> None:
    told = set()
    with staffed.fork(name) as store:
        desk = desk_of(store.for_company(COMPANIES[OURS]), FrozenClock(NOW))
        strangers = [subject_of(OURS, "stranger"), subject_of(OTHERS, "owner"), subject_of(OTHERS, "none-active")]
        barred = [subject_of(OURS, f"owner-{state.value}") for state in STATES if state is not MemberState.ACTIVE]
        for subject in (*strangers, *barred, subject_of(OURS, "none-active")):
            with pytest.raises(AccessDeniedError) as refused:
                invoke(desk.acting_as(subject), name, Ids(OURS))
            told.add((type(refused.value), str(refused.value)))

    assert {(AccessDeniedError, f"You may not {PERMISSION_TITLES[TABLE[name].permission]} in this company.")} == told


def test_a_refusal_comes_before_anything_that_is_wrong_with_the_request(staffed: KeptInMemory) -> None:
    with staffed.fork() as store:
        desk = desk_of(store.for_company(COMPANIES[OURS]), FrozenClock(NOW))
        nobody = desk.acting_as(subject_of(OURS, "none-active"))
        for name in use_cases():
            with pytest.raises(AccessDeniedError):
                invoke(nobody, name, Ids("none"))
            with pytest.raises(AccessDeniedError):
                invoke(nobody, name, Ids(OTHERS))


def test_a_refusal_is_logged_without_naming_the_person(staffed: KeptInMemory, caplog: pytest.LogCaptureFixture) -> None:
    subject = subject_of(OURS, "auditor-active")
    with staffed.fork() as store, caplog.at_level(logging.DEBUG):
        desk = desk_of(store.for_company(COMPANIES[OURS]), FrozenClock(NOW))
        assert is_denied(lambda: invoke(desk.acting_as(subject), "grant_waiver", Ids(OURS)))

    (record,) = caplog.records
    assert ("contractor_compliance.desk", "refused: grant_waiver") == (record.name, record.getMessage())
    assert [] == [text for text in (subject.subject, COMPANIES[OURS]) if text in str(vars(record))]


def test_a_person_may_do_in_each_company_what_the_roles_held_there_allow(in_memory: KeptInMemory) -> None:
    somebody = Subject(issuer="x", subject="of both")
    may = {}
    with in_memory.fork() as store:
        for prefix, role in ((OURS, "auditor"), (OTHERS, "recruiter")):
            ours = store.for_company(COMPANIES[prefix])
            add_members(ours, attrs.evolve(member_of(prefix, role, MemberState.ACTIVE), subject=somebody))
            me = desk_of(ours, FrozenClock(NOW)).acting_as(somebody)
            for name in use_cases():
                may[prefix, name] = not is_denied(lambda me=me, name=name, prefix=prefix: invoke(me, name, Ids(prefix)))

    roles = {OURS: "auditor", OTHERS: "recruiter"}
    assert {(p, name): role in TABLE[name].roles for p, role in roles.items() for name in TABLE} == may


@pytest.mark.parametrize(
    "roles", [frozenset(combination) for n in range(7) for combination in itertools.combinations(ROLES, n)]
)
def test_several_roles_allow_what_any_one_role_allows(roles: frozenset[str]) -> None:
    held = tuple(default_role for default_role in DEFAULT_ROLES if default_role.id in roles)
    for state in STATES:
        member = member_of(OURS, "several", state, roles)
        expected = {name: state is MemberState.ACTIVE and bool(may & roles) for name, may in PERMISSIONS.items()}
        assert expected == {name: allows(member, held, name) for name in PERMISSIONS}


def test_a_role_that_does_not_exist_allows_nothing(store: Store) -> None:
    add_members(store, member_of(OURS, "ghost", MemberState.ACTIVE))
    me = desk_of(store, FrozenClock(NOW)).acting_as(subject_of(OURS, "ghost-active"))

    assert [] == [name for name in use_cases() if not is_denied(lambda name=name: invoke(me, name, Ids(OURS)))]


# Roles are data


@pytest.fixture(scope="module")
def specialists(in_memory: KeptInMemory) -> Iterator[KeptInMemory]:
    """Our company with a role of its own for each permission, made by the owner, and a member who has just that one."""
    with in_memory.fork() as store:
        ours = store.for_company(COMPANIES[OURS])
        owner = desk_of(ours, FrozenClock(NOW)).acting_as(subject_of(OURS, "owner"))
        for permission in PERMISSIONS:
            owner.put_role(Role(id=permission, title=permission, permissions=frozenset({permission})))
        add_members(ours, *(member_of(OURS, permission, MemberState.ACTIVE) for permission in PERMISSIONS))
        yield KeptInMemory(store)


@pytest.mark.parametrize("permission", sorted(PERMISSIONS))
def test_a_role_of_the_companys_own_grants_exactly_its_permissions(specialists: KeptInMemory, permission: str) -> None:
    allowed = set()
    for name in use_cases():
        with specialists.fork(name) as store:
            desk = desk_of(store.for_company(COMPANIES[OURS]), FrozenClock(NOW))
            me = desk.acting_as(subject_of(OURS, f"{permission}-active"))
            # Who may decide about the team may still not give permissions that they lack: that is no want of access.
            with contextlib.suppress(NotAllowedError):
                if is_denied(lambda me=me, name=name: invoke(me, name, Ids(OURS))):
                    continue
            allowed.add(name)

    assert {name for name, row in TABLE.items() if row.permission == permission} - ALSO.keys() == allowed


@pytest.mark.parametrize("permission", ["record_certificate", "record_policy"])
def test_a_certificate_that_states_policies_needs_both_permissions(store: Store, permission: str) -> None:
    both = frozenset({"record_certificate", "record_policy"})
    having, without = acting(store, both, "having"), acting(store, both - {permission}, "without")
    head = store.head()

    assert is_denied(lambda: invoke(without, "record_certificate", Ids(OURS)))
    assert head == store.head()
    assert not is_denied(lambda: invoke(having, "record_certificate", Ids(OURS)))


def test_a_certificate_that_states_no_policies_needs_its_own_permission_alone(store: Store) -> None:
    me = acting(store, frozenset({"record_certificate"}))

    assert not is_denied(lambda: invoke(me, "record_certificate", Ids(OURS), policies=[]))


#: The owner's role as a release may have founded it that had fewer use cases, down to none.
_OLDER = {
    "with nothing": NOBODY,
    "without what is new": (WRITES | READS) - {"change_company", "withdraw_publication"},
}


@pytest.mark.parametrize("older", _OLDER.values(), ids=_OLDER)
@pytest.mark.parametrize("name", use_cases())
def test_an_owner_may_do_what_the_owners_role_on_file_does_not_list(
    in_memory: KeptInMemory, name: str, older: frozenset[str]
) -> None:
    with in_memory.fork(name) as store:
        ours = store.for_company(COMPANIES[OURS])
        add_members(ours, roles=(Role(id=OWNER, title="Owner", permissions=older),))
        me = desk_of(ours, FrozenClock(NOW)).acting_as(subject_of(OURS, "partner"))

        assert not is_denied(lambda: invoke(me, name, Ids(OURS)))


def test_a_member_who_is_no_owner_may_do_nothing_that_no_role_lists(store: Store) -> None:
    """Whatever the owner's role on file lists, and whatever the owner's own role is called."""
    add_members(store, roles=(Role(id=OWNER, title="Owner", permissions=NOBODY),))
    me = acting(store, NOBODY, "Owner")

    assert [] == [name for name in use_cases() if not is_denied(lambda name=name: invoke(me, name, Ids(OURS)))]


def test_a_role_that_is_changed_allows_at_once_what_it_says_now(store: Store, desk: ComplianceDesk) -> None:
    owner, clerk = desk.acting_as(subject_of(OURS, "owner")), desk.acting_as(subject_of(OURS, "clerk"))
    clerk.roster()

    owner.put_role(Role(id="recruiter", title="Recruiter", permissions=frozenset({"add_contractor"})))

    assert is_denied(clerk.roster)


# Nobody grants more than their own permissions


def may_grant(actor: MemberDesk, store: Store, role: str, how: str) -> bool:
    head = store.head()
    try:
        if how == "invite_member":
            actor.invite_member("Kim Sample", role_ids=[role])
        else:
            actor.assign_roles("ours-clerk", [role])
    except NotAllowedError as error:
        told = str(error)
    else:
        return True
    assert (f"The role {role!r} allows what you may not do yourself; ask an owner.", head) == (told, store.head())
    return False


@pytest.mark.parametrize("how", ["invite_member", "assign_roles"])
@pytest.mark.parametrize("also", [NOBODY, *(frozenset({role}) for role in ROLES)], ids=str)
def test_a_member_cannot_grant_a_role_that_allows_more_than_the_member_may_do(
    store: Store, also: frozenset[str], how: str
) -> None:
    permissions = TEAM_WORK | {name for name, roles in PERMISSIONS.items() if roles & also}
    actor = acting(store, permissions)

    needed = {role: {name for name, roles in PERMISSIONS.items() if role in roles} for role in ROLES}
    # Not even a member with all permissions of an owner: such a member is no owner.
    expected = {role: needed[role] <= permissions and role != OWNER for role in ROLES}
    assert expected == {role: may_grant(actor, store, role, how) for role in ROLES}


@pytest.mark.parametrize("how", ["invite_member", "assign_roles"])
def test_an_owner_grants_every_role(store: Store, desk: ComplianceDesk, how: str) -> None:
    owner = desk.acting_as(subject_of(OURS, "owner"))

    assert [True] * len(ROLES) == [may_grant(owner, store, role, how) for role in ROLES]


@pytest.mark.parametrize("permission", sorted(PERMISSIONS))
def test_a_member_cannot_make_a_role_that_allows_more_than_the_member_may_do(store: Store, permission: str) -> None:
    without = acting(store, frozenset({"put_role"}) | (WRITES | READS) - {permission}, "without")
    having = acting(store, frozenset({"put_role", permission}), "having")
    role = Role(id="wanted", title="Wanted", permissions=frozenset({permission}))

    if permission != "put_role":
        with pytest.raises(NotAllowedError, match=PERMISSION_TITLES.get(permission, permission)):
            without.put_role(role)
    having.put_role(role)

    assert role == store.get([Key(Kind.ROLE, "wanted")])[0].value  # type: ignore[union-attr]


def test_a_role_with_an_unknown_permission_is_refused(desk: ComplianceDesk) -> None:
    with pytest.raises(NotAllowedError, match="fly_to_the_moon"):
        desk.acting_as(subject_of(OURS, "owner")).put_role(
            Role(id="pilot", title="Pilot", permissions=frozenset({"fly_to_the_moon"}))
        )


def test_a_member_cannot_widen_a_role_that_the_member_holds(store: Store) -> None:
    actor = acting(store, TEAM_WORK)

    with pytest.raises(NotAllowedError, match="see tax ids"):
        actor.put_role(Role(id="role of a member", title="Mine", permissions=TEAM_WORK | {"see_tax_ids"}))


def test_the_owners_role_cannot_be_changed_even_by_an_owner(desk: ComplianceDesk) -> None:
    with pytest.raises(NotAllowedError, match="owner's role"):
        desk.acting_as(subject_of(OURS, "owner")).put_role(Role(id=OWNER, title="Owner"))


OWNER_CHANGES: dict[str, Callable[[MemberDesk, str], object]] = {
    "remove_member": lambda desk, member_id: desk.remove_member(member_id),
    "suspend_member": lambda desk, member_id: desk.suspend_member(member_id),
    "assign_roles": lambda desk, member_id: desk.assign_roles(member_id, ["auditor"]),
    "assign_roles of none": lambda desk, member_id: desk.assign_roles(member_id, []),
}


@pytest.mark.parametrize("change", OWNER_CHANGES.values(), ids=OWNER_CHANGES)
def test_only_an_owner_decides_about_an_owner(store: Store, change: Callable[[MemberDesk, str], object]) -> None:
    add_members(store, member_of(OURS, OWNER, MemberState.ACTIVE))
    actor = acting(store, WRITES | READS)
    head = store.head()

    with pytest.raises(NotAllowedError, match="Only an owner decides about an owner"):
        change(actor, "ours-owner-active")

    assert head == store.head()


def test_only_an_owner_reinstates_an_owner(store: Store) -> None:
    add_members(store, member_of(OURS, OWNER, MemberState.SUSPENDED))
    actor = acting(store, WRITES | READS)

    with pytest.raises(NotAllowedError, match="Only an owner decides about an owner"):
        actor.reinstate_member("ours-owner-suspended")


# The last owner


def owners_of(store: Store) -> set[str]:
    ids = [item.key for item in store.page(Query(kind=Kind.MEMBER), 1000).items]
    members: list[Member] = [record.value for record in store.get(ids) if record is not None]
    return {member.id for member in members if member.state is MemberState.ACTIVE and OWNER in member.roles}


@pytest.mark.parametrize("change", OWNER_CHANGES.values(), ids=OWNER_CHANGES)
def test_the_last_owner_stays_an_owner(
    store: Store, desk: ComplianceDesk, change: Callable[[MemberDesk, str], object]
) -> None:
    add_members(
        store,
        *(member_of(OURS, OWNER, state) for state in STATES if state is not MemberState.ACTIVE),
        attrs.evolve(member_of(OURS, "partner", MemberState.REMOVED), id="ours-partner"),
        member_of(OURS, "manager", MemberState.ACTIVE),
    )
    before = store.head()

    with pytest.raises(NotAllowedError, match="without an owner"):
        change(desk.acting_as(subject_of(OURS, "owner")), "ours-founder")

    assert (before, {"ours-founder"}) == (store.head(), owners_of(store))


@pytest.mark.parametrize("first", OWNER_CHANGES.values(), ids=OWNER_CHANGES)
@pytest.mark.parametrize("second", OWNER_CHANGES.values(), ids=OWNER_CHANGES)
@pytest.mark.parametrize("targets", [("b", "a"), ("a", "b"), ("a", "a"), ("b", "b")], ids="-".join)
def test_one_of_two_owners_is_left_wherever_the_one_acts_during_a_call_of_the_other(
    in_memory: KeptInMemory,
    first: Callable[[MemberDesk, str], object],
    second: Callable[[MemberDesk, str], object],
    targets: tuple[str, str],
) -> None:
    """Each of the two acts on itself or on the other; one's whole call falls between any two steps of the other's."""
    ids = {"a": "ours-founder", "b": "ours-owner-active"}
    subjects = {"a": subject_of(OURS, "owner"), "b": subject_of(OURS, "owner-active")}

    def act(store: Store, who: str, change: Callable[[MemberDesk, str], object], target: str) -> object:
        return change(desk_of(store, FrozenClock(NOW)).acting_as(subjects[who]), ids[target])

    with in_memory.fork() as start:
        # There is no third one.
        gone = attrs.evolve(member_of(OURS, "partner", MemberState.REMOVED), id="ours-partner")
        add_members(start.for_company(COMPANIES[OURS]), member_of(OURS, OWNER, MemberState.ACTIVE), gone)
        assert 2 == len(owners_of(start.for_company(COMPANIES[OURS])))
        for run in interleavings(
            KeptInMemory(start),
            COMPANIES[OURS],
            call=lambda store: act(store, "a", first, targets[0]),
            meanwhile=lambda store: act(store, "b", second, targets[1]),
        ):
            assert owners_of(run.store)
            assert run.raised is None or isinstance(run.raised, AccessDeniedError | ConflictError | NotAllowedError)


def test_two_owners_who_remove_each_other_at_once_leave_one(tmp_path: Path) -> None:
    rounds = 20
    outcomes: list[list[BaseException | None]] = []
    with sqlite_database(tmp_path) as database:
        from contractor_compliance.storage.sql import SqlStore

        clock = FrozenClock(NOW)
        build(SqlStore(database.engine, clock=clock), OURS, clock)
        stores = [SqlStore(database.ours(), clock=clock).for_company(COMPANIES[OURS]) for _ in range(2)]
        for number in range(rounds):
            # The owner that the round before has left is an owner still, and is put aside.
            old = owners_of(stores[0])
            pair = [f"round-{number}-{side}" for side in "ab"]
            aside = [
                attrs.evolve(record.value, state=MemberState.REMOVED)
                for record in stores[0].get([Key(Kind.MEMBER, member_id) for member_id in old])
                if record is not None
            ]
            new = [
                attrs.evolve(
                    member_of(OURS, OWNER, MemberState.ACTIVE),
                    id=member_id,
                    subject=Subject(issuer="x", subject=member_id),
                )
                for member_id in pair
            ]
            add_members(stores[0], *aside, *new)
            outcomes.append(_at_once(stores, pair))

            assert 1 == len(owners_of(stores[0]))

    raised = [[type(error) for error in pair if error is not None] for pair in outcomes]
    # One of them is removed and the other is refused: by a conflict, or, if it came later, for want of permission.
    assert [1] * rounds == [len(classes) for classes in raised]
    assert {class_ for pair in raised for class_ in pair} <= {ConflictError, AccessDeniedError, NotAllowedError}
    assert any(ConflictError in classes for classes in raised)


def _at_once(stores: list[Any], pair: list[str]) -> list[BaseException | None]:
    ready = threading.Barrier(2)
    raised: list[BaseException | None] = [None, None]

    def run(side: int) -> None:
        me = desk_of(stores[side], FrozenClock(NOW), ids=lambda: f"{pair[side]} acts").acting_as(
            Subject(issuer="x", subject=pair[side])
        )
        ready.wait()
        try:
            me.remove_member(pair[1 - side])
        except (AccessDeniedError, ConflictError, NotAllowedError) as error:
            raised[side] = error

    threads = [threading.Thread(target=run, args=(side,)) for side in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return raised


# A use case records what it is about


@pytest.mark.parametrize("name", [name for name, row in TABLE.items() if row.writes])
def test_a_use_case_records_what_the_table_says_and_nothing_else(staffed: KeptInMemory, name: str) -> None:
    with staffed.fork(name) as store:
        before = _latest(store)
        desk = desk_of(store.for_company(COMPANIES[OURS]), FrozenClock(NOW))
        invoke(desk.acting_as(subject_of(OURS, "owner-active")), name, Ids(OURS))
        after = _latest(store)

    # The version of a contractor goes up with its facts: what counts is what it says.
    changed = {key.kind.value for key in before | after if before.get(key) != after.get(key)}
    assert bool(changed)
    assert changed <= TABLE[name].records


def _latest(store: MemoryStore) -> dict[Key, Any]:
    """Return what is on file of our company, without versions."""
    histories: dict[Key, list[Record]] = store._shared.companies[COMPANIES[OURS]].histories
    return {key: None if history[-1].superseded_at else history[-1].content for key, history in histories.items()}


def test_the_desk_knows_what_each_use_case_may_record() -> None:
    assert {name: row.records for name, row in TABLE.items() if row.writes} == {
        name: frozenset(kind.value for kind in kinds) for name, kinds in CHANGES.items()
    }


SAMPLES: dict[Kind, Value] = {
    Kind.COMPANY: make.company(id=COMPANIES[OURS], name="Sample Takeover Inc"),
    Kind.CLIENT: make.client(id="odd"),
    Kind.JOB_CODE: make.job_code(id="odd"),
    Kind.CARRIER: make.carrier(naic=None, name="odd"),
    Kind.RATE_CARD: make.rate_card(id="odd"),
    Kind.RULEBOOK: make.rulebook(make.gl_requirement(), id=COMPANIES[OURS], version=9),
    Kind.ROLE: Role(id="recruiter", title="Recruiter", permissions=WRITES | READS),
    Kind.MEMBER: Member(
        id="odd",
        name="Odd Sample",
        state=MemberState.ACTIVE,
        subject=Subject(issuer="x", subject="odd"),
        roles=frozenset({OWNER}),
    ),
    Kind.CONTRACTOR: make.contractor(id="odd"),
    Kind.ASSIGNMENT: make.assignment(id="odd", client_id=None, job_code_id=None),
    Kind.POLICY: make.gl_policy(id="odd"),
    Kind.CERTIFICATE: make.certificate(id="odd"),
    Kind.EXEMPTION: make.exemption(id="odd"),
    Kind.ENROLLMENT: make.enrollment(id="odd"),
    Kind.WAIVER: make.waiver("ours-requirement", id="odd"),
}


def with_another(arguments: Any, other: Value) -> Iterator[Any]:
    """Yield arguments in which one value is replaced by a value of another class."""
    if isinstance(arguments, Value):
        if type(arguments) is not type(other):
            yield other
    elif isinstance(arguments, tuple | list):
        for index, argument in enumerate(arguments):
            for changed in with_another(argument, other):
                yield type(arguments)([*arguments[:index], changed, *arguments[index + 1 :]])
    elif isinstance(arguments, dict):
        for name, argument in arguments.items():
            for changed in with_another(argument, other):
                yield {**arguments, name: changed}


def test_every_kind_of_value_has_a_sample() -> None:
    assert set(VALUES) == set(SAMPLES)
    assert set(FACTS) < set(SAMPLES)


@pytest.mark.parametrize("name", sorted(use_cases()))
def test_a_value_of_another_class_is_never_recorded(in_memory: KeptInMemory, name: str) -> None:
    """Else a member who may change clients could put a role in the place of a client, and do anything."""
    for other in SAMPLES.values():
        for args, kwargs in with_another(CALLS[name](Ids(OURS)), other):
            with in_memory.fork(name) as store:
                before = in_memory.contents(store)
                deputy = desk_of(store.for_company(COMPANIES[OURS]), FrozenClock(NOW)).acting_as(
                    subject_of(OURS, "owner")
                )
                try:
                    getattr(deputy, name)(*args, **kwargs)
                except Exception:  # noqa: BLE001, S110  # which one it is depends on what it stumbles over
                    pass
                else:
                    assert not TABLE[name].writes, f"{name} took a {type(other).__name__}"

                assert before == in_memory.contents(store), f"{name} took a {type(other).__name__}"


# Powers within use cases


@pytest.fixture
def strict(store: Store) -> Store:
    """A company that blocks, and in which a member of each role may add and release assignments."""
    company = make.company(id=COMPANIES[OURS], settings=CompanySettings(gate=AssignmentGate.BLOCK))
    for role in ROLES:
        permitted = frozenset(name for name, roles in PERMISSIONS.items() if role in roles)
        acting(store, permitted | {"add_assignment", "release_assignment", "change_assignment"}, role)
    owner = desk_of(store, FrozenClock(NOW)).acting_as(subject_of(OURS, "owner"))
    owner.change_settings(company.settings, key="strict")
    reason = "It was another's."
    owner.withdraw_fact("ours-contractor", Key(Kind.POLICY, "ours-comp", "ours-contractor"), reason=reason, key="lost")
    return store


@pytest.mark.parametrize("role", ROLES)
def test_the_gate_is_overridden_only_by_roles_that_the_table_names(strict: Store, role: str) -> None:
    me = desk_of(strict, FrozenClock(NOW)).acting_as(Subject(issuer="x", subject=role))
    gig = make.assignment(id="ours-gig", client_id="ours-client", job_code_id="ours-job")

    assert (role not in POWERS["override_gate"].roles) is is_denied(
        lambda: me.add_assignment("ours-contractor", gig, override_reason="The client carries the risk.")
    )


@pytest.mark.parametrize("role", ROLES)
def test_an_assignment_on_hold_is_released_past_the_check_only_by_roles_that_the_table_names(
    strict: Store, role: str
) -> None:
    me = desk_of(strict, FrozenClock(NOW)).acting_as(Subject(issuer="x", subject=role))

    with pytest.raises(GateError):
        me.release_assignment("ours-contractor", "ours-held")
    assert (role not in POWERS["override_gate"].roles) is is_denied(
        lambda: me.release_assignment("ours-contractor", "ours-held", override_reason="The client carries the risk.")
    )


def test_an_assignment_on_hold_is_not_released_by_changing_it(strict: Store) -> None:
    me = desk_of(strict, FrozenClock(NOW)).acting_as(Subject(issuer="x", subject="recruiter"))
    (held,) = strict.get([Key(Kind.ASSIGNMENT, "ours-held", "ours-contractor")])
    assert held is not None

    with pytest.raises(NotAllowedError, match="release_assignment"):
        me.change_assignment("ours-contractor", attrs.evolve(held.value, on_hold=False))


def test_an_owner_may_override_and_see_tax_ids_whatever_the_role_on_file_lists(strict: Store) -> None:
    add_members(strict, roles=(Role(id=OWNER, title="Owner", permissions=NOBODY),))
    me = desk_of(strict, FrozenClock(NOW)).acting_as(subject_of(OURS, "partner"))
    gig = make.assignment(id="ours-gig", client_id="ours-client", job_code_id="ours-job")

    me.add_assignment("ours-contractor", gig, override_reason="The client carries the risk.")

    assert 2 == len(tax_ids_in(me.profile("ours-contractor")))


# Tax ids are for those who may see them


def tax_ids_in(value: Any) -> list[TaxId]:
    """Return every tax id that can be reached from a value."""
    match value:
        case TaxId():
            return [value]
        case dict():
            return [tax_id for pair in value.items() for part in pair for tax_id in tax_ids_in(part)]
        case tuple() | list() | frozenset():
            return [tax_id for part in value for tax_id in tax_ids_in(part)]
        case _ if attrs.has(type(value)):
            return [tax_id for f in attrs.fields(type(value)) for tax_id in tax_ids_in(getattr(value, f.name))]
        case _:
            return []


@pytest.mark.parametrize("name", use_cases())
def test_no_answer_holds_a_tax_id_for_a_member_who_may_not_see_tax_ids(in_memory: KeptInMemory, name: str) -> None:
    with in_memory.fork(name) as store:
        me = acting(store.for_company(COMPANIES[OURS]), (WRITES | READS) - {"see_tax_ids"})

        assert [] == tax_ids_in(invoke(me, name, Ids(OURS)))


def test_a_profile_holds_tax_ids_for_a_member_who_may_see_them(store: Store) -> None:
    shown = {}
    for role in ROLES:
        me = acting(store, frozenset(name for name, roles in PERMISSIONS.items() if role in roles), role)
        shown[role] = len(tax_ids_in(me.profile("ours-contractor")))

    assert {role: 2 if role in POWERS["see_tax_ids"].roles else 0 for role in ROLES} == shown


@pytest.mark.parametrize("name", [name for name, row in TABLE.items() if not row.writes])
def test_verdicts_do_not_depend_on_whether_the_tax_ids_are_shown(store: Store, name: str) -> None:
    """An insured is matched by them: without them, the same policy would count for one reader and not for another."""
    owner = desk_of(store, FrozenClock(NOW)).acting_as(subject_of(OURS, "owner"))
    # Its name says nothing, so that all depends on the tax id.
    tax_id = owner.profile("ours-contractor").dossier.contractor.tax_id
    unnamed = make.gl_policy(id="ours-policy", insured=(make.insured("Sample Someone LLC", tax_id=tax_id),))
    owner.record_policy("ours-contractor", unnamed, key="unnamed")
    seeing = acting(store, WRITES | READS, "seeing")
    other = acting(store, (WRITES | READS) - {"see_tax_ids"}, "other")

    answers = [invoke(member, name, Ids(OURS)) for member in (seeing, other)]
    if name == "profile":
        answers = [answer.report for answer in answers]

    assert answers[0] == answers[1]
