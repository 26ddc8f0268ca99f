"""Who may do what, written down from what each role is for: the model that the desk is compared with.

It was not made from the code. Who changes it decides who may do something, and should say why.

The owner may do everything, and alone decides about the team. The manager runs the office: the rules, the exceptions
from them, the settings. The recruiter brings contractors in and sends them to work, and hands in the documents that
they bring; whether the documents are good is not for the recruiter to say, nor what a gate that stays shut is worth.
The reviewer says whether documents are good, and asks for exceptions, but places nobody. Billing knows what things
cost and who a contractor is to the tax office. The auditor sees everything but tax ids, and changes nothing.
"""

from __future__ import annotations

import attrs

__all__ = ["ALSO", "NOBODY", "PERMISSIONS", "POWERS", "ROLES", "TABLE", "Row"]

# The columns: a method of `MemberDesk`; the permission that it needs, `-` for one of the same name; what it records,
# `-` for nothing; then an x for each role that may.
_USE_CASES = """
                            permission         records             owner manager recruiter reviewer billing auditor
invite_member               -                  member                x
suspend_member              -                  member                x
reinstate_member            -                  member                x
remove_member               -                  member                x
assign_roles                -                  member                x
put_role                    -                  role                  x
members                     see_team           -                     x      x                                  x
roles                       see_team           -                     x      x                                  x

change_company              -                  company               x      x
change_settings             -                  company               x      x
put_client                  -                  client                x      x        x
put_carrier                 -                  carrier               x      x                  x
put_rate_card               -                  rate_card             x      x                           x
add_job_code                -                  job_code              x      x
propose_job_code            -                  job_code              x      x        x
approve_job_code            -                  job_code              x      x
retire_job_code             -                  job_code              x      x
rename_job_code             -                  job_code              x      x

add_contractor              -                  contractor            x      x        x
update_contractor           -                  contractor            x      x        x
record_opt_in               -                  enrollment             x      x        x
preview_assignment          add_assignment     -                     x      x        x
add_assignment              -                  assignment            x      x        x
release_assignment          -                  assignment            x      x        x
change_assignment           -                  assignment            x      x        x
change_job_code             -                  assignment            x      x        x
end_assignment              -                  assignment            x      x        x
cancel_assignment           -                  assignment            x      x        x
adjust_pay                  -                  assignment            x      x                           x

record_policy               -                  policy                x      x        x         x
record_exemption            -                  exemption             x      x                  x
record_certificate          -                  certificate+policy    x      x        x         x
review_certificate          -                  certificate           x      x                  x
preview_review              review_certificate -                     x      x                  x
record_cancellation         -                  policy                x      x                  x
record_reinstatement        -                  policy                x      x                  x
withdraw_fact               -                  fact                  x      x

rulebook                    see_requirements   -                     x      x        x         x        x      x
preview_rulebook            publish_rulebook   -                     x      x
publish_rulebook            -                  rulebook              x      x
withdraw_publication        -                  rulebook              x      x

request_waiver              -                  waiver                x      x        x         x
accept_certificate_failure  -                  waiver                x      x                  x
grant_waiver                -                  waiver                x      x
reject_waiver               -                  waiver                x      x
revoke_waiver               -                  waiver                x      x
waived_but_failing          see_contractors    -                     x      x        x         x        x      x

roster                      see_contractors    -                     x      x        x         x        x      x
facets                      see_contractors    -                     x      x        x         x        x      x
profile                     see_contractors    -                     x      x        x         x        x      x
due_changes                 see_contractors    -                     x      x        x         x        x      x
audit_day                   see_contractors    -                     x      x        x         x        x      x

verify                      see_audit          -                     x      x                                  x
audit_entries               see_audit          -                     x      x                                  x
history                     see_audit          -                     x      x                                  x
"""
# What some may do within a use case.
_POWERS = """
                            permission         records             owner manager recruiter reviewer billing auditor
override_gate               -                  -                     x      x
see_tax_ids                 -                  -                     x      x                           x
"""

#: What is recorded of the facts of a contractor.
_FACTS = frozenset({"assignment", "policy", "certificate", "exemption", "enrollment", "waiver"})
ROLES = ("owner", "manager", "recruiter", "reviewer", "billing", "auditor")
NOBODY: frozenset[str] = frozenset()


@attrs.frozen
class Row:
    """One line of the table.

    Attributes:
        permission: What a role needs for it.
        records: Codes of the kinds that it may record or withdraw; empty for what only looks.
        roles: Who may.
    """

    permission: str
    records: frozenset[str]
    roles: frozenset[str]

    @property
    def writes(self) -> bool:
        """Whether it changes something."""
        return bool(self.records)


def _read(text: str) -> dict[str, Row]:
    head, *lines = text.strip("\n").splitlines()
    columns = {role: head.index(role) for role in ROLES}
    ends = {role: start + len(role) for role, start in columns.items()}
    rows: dict[str, Row] = {}
    for line in filter(str.strip, lines):
        name, permission, records = line[: columns["owner"]].split()
        may = {role for role in ROLES if "x" in line[columns[role] : ends[role]]}
        crosses = line[columns["owner"] :].split()
        if name in rows or len(may) != len(crosses) or set(crosses) > {"x"}:
            raise ValueError(f"the table cannot be read: {line}")
        kinds = frozenset() if records == "-" else frozenset(records.split("+"))
        rows[name] = Row(
            name if permission == "-" else permission, _FACTS if kinds == {"fact"} else kinds, frozenset(may)
        )
    return rows


#: The use cases, by the name of the method.
TABLE = _read(_USE_CASES)
#: The powers within use cases, by permission.
POWERS = _read(_POWERS)
#: What a use case needs beside its permission, if it does all that it can: a certificate may state policies.
ALSO = {"record_certificate": "record_policy"}
#: Who has each permission, by default.
PERMISSIONS = {row.permission: row.roles for row in (*TABLE.values(), *POWERS.values())}
