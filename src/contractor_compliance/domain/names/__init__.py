"""Names: whether two of them mean the same legal person, human being or insurer (domain rules B7, B14.1, B14.8).

Nothing here knows a contractor: `domain.name_matching` compares names with what is on file.
"""

from contractor_compliance.domain.names.insurers import InsurerMatch, match_insurer
from contractor_compliance.domain.names.name_match import NameMatch
from contractor_compliance.domain.names.reading import normal_name

__all__ = ["InsurerMatch", "NameMatch", "match_insurer", "normal_name"]
