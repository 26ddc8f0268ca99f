"""Columns proposed from headers, for a person to confirm."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final, Literal

import attrs

from contractor_compliance.domain import LimitKind, Line
from contractor_compliance.intake.mapping import Column
from contractor_compliance.intake.readers import LINE_WORDS, words

__all__ = ["Suggestion", "suggest"]

Table = Literal["contractors", "assignments", "policies"]

# Headers of public trackers, vendor exports and license registers, as `words` writes them. A word that stands for
# several fields in them, such as "date" or "status", is proposed for none.
_CONTRACTOR: Final = {
    "contractor.id": "id,contractor id,vendor id,vendor no,vendor number,supplier id,subcontractor id,worker id,ic id,"
    "contractor number,contractor no,vendor code,worker no",
    "contractor.legal_name": "name,contractor,contractor name,vendor,vendor name,legal name,company name,business name,"
    "subcontractor,subcontractor name,supplier,supplier name,legal business name,ic name,worker name,entity name",
    "contractor.first_name": "first,first name,fname,given name,contractor first name,worker first name",
    "contractor.last_name": "last,last name,lname,surname,family name,contractor last name,worker last name",
    "contractor.trade_name": "dba,trade name,dba name,doing business as",
    "contractor.entity_type": "entity,entity type,legal form,business type,type of entity,company type,"
    "tax classification,"
    "business structure,legal entity type,w 9 classification,organization type",
    "contractor.tax_id": "ein,fein,ssn,tin,tax id,taxid,tax id number,ein ssn,federal tax id,fed id,ssn ein,"
    "tax identifier",
    "contractor.state": "state,home state,st,mailing state,contractor state,vendor state",
    "contractor.city": "city,home city,mailing city",
    "contractor.email": "email,e mail,email address,e mail address,contact email,contractor email,vendor email",
    "contractor.phone": "phone,phone number,telephone,cell,mobile,contact phone,phone no",
    "contractor.has_employees": "employees,has employees,has employees y n,any employees",
}  # fmt: skip
_ASSIGNMENT: Final = {
    "assignment.id": "assignment,assignment id,placement id,job id,assignment no,placement,engagement id,work order id",
    "assignment.title": "title,job title,position,role,job name,assignment title,job",
    "assignment.client": "client,client name,customer,customer name,ultimate client name,client entity,end client",
    "assignment.start": "start,start date,assignment start,assignment start date,begin date,job start,date start,"
    "placement start,start dt",
    "assignment.end": "end,end date,assignment end,assignment end date,finish date,job end,placement end,"
    "est end date,end dt",
    "assignment.states": "work state,work states,state of work,state where work is performed,job state,"
    "work location state,"
    "states of work,site state",
    "assignment.remote": "remote,is remote,remote y n,work from home",
    "assignment.purchase_order": "po,po number,purchase order,po no,purchase order number",
}  # fmt: skip
_POLICY: Final = {
    "policy.id": "policy id,record id,policy record id",
    "policy.line": "line,line of coverage,lob,line of business,coverage,coverage type,policy type,type of insurance,"
    "insurance type,type of coverage,coverage line,cov,line of insurance",
    "policy.number": "policy no,policy number,policy num,pol no,pol number,policy nbr",
    "policy.carrier": "carrier,carrier name,insurer,insurance company,insurance carrier,insurer name,ins co,"
    "underwriter,"
    "insurer affording coverage",
    "policy.naic": "naic,naic no,naic number,naic code",
    "policy.insured": "insured,named insured,insured name,policyholder",
    "policy.effective": "eff,effective,eff date,effective date,policy eff,policy effective date,inception,"
    "inception date,"
    "policy eff date,policy effective,policy start,policy start date,effective dt,eff dt,from",
    "policy.expiration": "exp,expiration,exp date,expiration date,expires,expiry,expiry date,policy exp,"
    "policy expiration,"
    "policy expiration date,policy exp date,policy end,policy end date,expiration dt,exp dt,expires on,valid until,"
    "valid through,to,expire date,expires date",
    "policy.cancelled": "cancelled on,cancel date,cancellation date,cancelled date,date cancelled,"
    "cancellation effective date,"
    "cxl date,canc date",
    "policy.observed_on": "certificate date,cert date,coi date,date of certificate,date issued,issue date,coi issued,"
    "date received,coi received",
    "policy.status": "policy status,coverage status",
    "policy.states": "item 3a,3a,3a states,wc states,states covered,covered states",
    "policy.other_states": "item 3c,3c,3c states,other states",
    "policy.limit": "limit,limit amount,coverage limit,policy limit,coverage amount,limit of liability",
    "policy.aggregate": "agg,aggregate,aggregate limit,agg limit",
    "policy.retention": "deductible,sir,retention,deductible sir,self insured retention",
    **{
        f"policy.limits.{kind.value}": names
        for kind, names in {
            LimitKind.EACH_OCCURRENCE: "occ,occurrence,each occurrence,per occurrence,each occ,per occ,ea occ,"
            "ea occurrence,"
            "each occurrence limit,occurrence limit,occ limit,per occurrence limit",
            LimitKind.GENERAL_AGGREGATE: "general aggregate,gen agg,general agg,gen aggregate,general aggregate limit",
            LimitKind.PRODUCTS_COMPLETED_OPERATIONS_AGGREGATE: "products aggregate,products agg,products comp op agg,"
            "products completed operations,products completed operations aggregate,prod agg,pco agg,"
            "products comp ops agg",
            LimitKind.PERSONAL_AND_ADVERTISING_INJURY: "personal and adv injury,personal and advertising injury,"
            "p and ai,pai",
            LimitKind.MEDICAL_EXPENSE: "med exp,medical expense,med pay,medical payments,medical expenses,med expense",
            LimitKind.DAMAGE_TO_RENTED_PREMISES: "damage to rented premises,rented premises,fire damage,dpr,"
            "damage to premises rented",
            LimitKind.COMBINED_SINGLE_LIMIT: "csl,combined single limit,combined single,csl limit",
            LimitKind.BODILY_INJURY_PER_PERSON: "bi per person,bodily injury per person,bi person",
            LimitKind.BODILY_INJURY_PER_ACCIDENT: "bi per accident,bodily injury per accident,bi accident",
            LimitKind.PROPERTY_DAMAGE_PER_ACCIDENT: "pd per accident,property damage per accident",
            LimitKind.EL_EACH_ACCIDENT: "el each accident,each accident,el accident,el ea accident,el per accident",
            LimitKind.EL_DISEASE_EACH_EMPLOYEE: "el disease each employee,disease each employee,el disease ea employee,"
            "el disease per employee,disease ea employee",
            LimitKind.EL_DISEASE_POLICY_LIMIT: "el disease policy limit,disease policy limit,el disease policy",
            LimitKind.EACH_CLAIM: "each claim,per claim,claim limit,per claim limit",
            LimitKind.PENAL_SUM: "penal sum,bond amount,bond limit,amount of bond",
        }.items()
    },
}  # fmt: skip


def _table(fields: Mapping[str, str]) -> Mapping[str, str]:
    return MappingProxyType({name.strip(): field for field, names in fields.items() for name in names.split(",")})


_OF: Final = {"contractor": _table(_CONTRACTOR), "assignment": _table(_ASSIGNMENT), "policy": _table(_POLICY)}
_ORDER: Final = {
    "contractors": ("contractor", "policy", "assignment"),
    "assignments": ("assignment", "contractor", "policy"),
    "policies": ("policy", "contractor", "assignment"),
}
#: Of a line of its own, "Limits" and its two amounts, in nine of ten tables occurrence and aggregate.
_LIMIT_OF: Final = {
    Line.GL: {"limit": LimitKind.EACH_OCCURRENCE, "agg": LimitKind.GENERAL_AGGREGATE},
    Line.AUTO: {"limit": LimitKind.COMBINED_SINGLE_LIMIT},
    Line.UMBRELLA: {"limit": LimitKind.EACH_OCCURRENCE, "agg": LimitKind.AGGREGATE},
    Line.EXCESS: {"limit": LimitKind.EACH_OCCURRENCE, "agg": LimitKind.AGGREGATE},
}
_FILLING: Final = re.compile(r"\b(?:mm dd yyyy|mm dd yy|m d yyyy|m d yy|yyyy mm dd|required|usd|in dollars|y n)\b")
_LONGEST_LINE: Final = 5


@attrs.frozen(kw_only=True)
class Suggestion:
    """Columns proposed from headers. A person looks at them before they are used: headers say less than cells.

    Attributes:
        columns: The columns that a field is proposed for, in the order of the headers.
        unmapped: The headers that none is proposed for.

    Example:
        >>> from contractor_compliance.intake import suggest
        >>> suggest(["Vendor", "GL Exp", "Notes"], table="contractors").unmapped
        ('Notes',)
    """

    columns: tuple[Column, ...]
    unmapped: tuple[str, ...]


def suggest(headers: Iterable[str], *, table: Table = "policies") -> Suggestion:
    """Propose a field for each header of a table that says what it holds.

    A line of insurance before a field (`GL Exp. Date`, `Auto CSL`) makes a column of that line. No field is proposed
    twice, none for a header with several meanings, and no option of a reader: whether days begin with the month is
    for a person to say.

    Args:
        headers: The headers.
        table: What the rows of the table are about.

    Example:
        >>> proposal = suggest(["Vendor ID", "Vendor Name", "GL Policy #", "GL Exp. Date"], table="contractors")
        >>> [(column.field, column.line and column.line.label) for column in proposal.columns[2:]]
        [('policy.number', 'general liability'), ('policy.expiration', 'general liability')]
    """
    texts = tuple(headers)
    proposed: dict[str, Column] = {}
    taken: set[tuple[str, Line | None]] = set()
    for header in texts:
        text = " ".join(header.split())
        place = _place(_name(text), table) if text and len(text) <= 100 else None
        if place is not None and place not in taken:
            taken.add(place)
            proposed[header] = Column(header=text, field=place[0], line=place[1])
    columns = list(proposed.values())
    dropped = _dropped(columns, table)
    kept = {header for header, column in proposed.items() if column not in dropped}
    return Suggestion(
        columns=tuple(column for column in columns if column not in dropped),
        unmapped=tuple(header for header in texts if header not in kept),
    )


def _dropped(columns: list[Column], table: Table) -> list[Column]:
    """Return the columns that cannot be read into a record, because its other parts are not in the table."""
    fields = {column.field for column in columns}
    is_wide = any(column.line is not None for column in columns)
    dropped = []
    for column in columns:
        kind = column.field.partition(".")[0]
        if kind == "assignment":
            # The start of something else, or a title, makes no assignment of a contractor or a policy.
            beside = {"assignment.client", "assignment.title", "assignment.states"} & fields
            is_record = "assignment.start" in fields and (table == "assignments" or bool(beside))
        elif kind == "policy":
            is_record = (column.line is not None) or ("policy.line" in fields if not is_wide else _is_shared(column))
        else:
            is_record = True
        if not is_record:
            dropped.append(column)
    return dropped


def _is_shared(column: Column) -> bool:
    """Whether a column without a line may speak of all lines of a row."""
    return column.field in ("policy.carrier", "policy.naic", "policy.insured", "policy.observed_on")


def _name(header: str) -> str:
    if " " not in header:  # WCPolicyNumber is "WC Policy Number"
        header = re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", header)
    return " ".join(_FILLING.sub(" ", words(re.sub(r"#", " no ", header))).split())


def _place(name: str, table: Table) -> tuple[str, Line | None] | None:
    for kind in _ORDER[table]:
        field = _OF[kind].get(name) or (_OF[kind].get(name.removesuffix(" no")) if name.endswith(" no") else None)
        if field:
            return field, None
    parts = name.split()
    for length in range(min(_LONGEST_LINE, len(parts) - 1), 0, -1):
        line = LINE_WORDS.get(" ".join(parts[:length]))
        if line is not None and (field := _of_line(line, " ".join(parts[length:]))):
            return field, line
    return None


def _of_line(line: Line, rest: str) -> str | None:
    if rest not in _OF["policy"]:
        rest = re.sub(r"^(?:insurance|ins|coverage) ", "", rest)
    key = {"limits": None, "limit": "limit", "coverage limit": "limit", "agg": "agg", "aggregate": "agg"}.get(
        rest, rest
    )
    if key is None:
        return None  # two amounts or one: the cells say it
    kind = _LIMIT_OF.get(line, {}).get(key)
    field = f"policy.limits.{kind.value}" if kind else _OF["policy"].get(rest)
    return None if field in ("policy.line", "policy.id") else field
