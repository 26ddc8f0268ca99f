"""One invented contractor put together: the same for a seed and a number, whatever else is made."""

from __future__ import annotations

from contractor_compliance.domain import Dossier
from contractor_compliance.testing.companies.chance import Chance
from contractor_compliance.testing.companies.cover import Cover
from contractor_compliance.testing.companies.office import Office
from contractor_compliance.testing.companies.papers import enrollment_of, exemptions_of, waivers_of
from contractor_compliance.testing.companies.people import contractor_of, trade_of, work_of

__all__ = ["dossier_of"]


def dossier_of(index: int, office: Office) -> Dossier:
    """Return all that is known of a contractor, each kind of record in the order of its ids."""
    chance = Chance(f"{office.seed}/{index}")
    trade = trade_of(chance)
    contractor = contractor_of(chance, index, trade, office)
    assignments = work_of(chance, index, trade, contractor, office)
    enrollment = enrollment_of(chance, index, contractor, office)
    cover = Cover(chance, index, trade, contractor, assignments, enrollment, office)
    cover.write()
    exempt = cover.is_exempt and chance.happens(88)
    return Dossier(
        company=office.company,
        contractor=contractor,
        clients=office.clients_of(assignments),
        job_codes=office.job_codes_of(assignments),
        assignments=assignments,
        policies=tuple(cover.policies),
        carriers=office.carriers_of(cover.policies),
        certificates=tuple(cover.certificates),
        exemptions=exemptions_of(chance, index, contractor, assignments, office) if exempt else (),
        enrollments=() if enrollment is None else (enrollment,),
        waivers=waivers_of(chance, index, cover.wanting, assignments, cover.policies, office),
    )
