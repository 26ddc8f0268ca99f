"""Values as strict, versioned JSON documents, and the schemas of those documents."""

from contractor_compliance.serialization.converter import TaxIds, make_converter
from contractor_compliance.serialization.documents import dumps, from_dict, loads, to_dict
from contractor_compliance.serialization.formats import FORMATS, Format
from contractor_compliance.serialization.records import RECORD_VERSION, read_record, write_record
from contractor_compliance.serialization.schema import json_schema, value_schema

__all__ = [
    "FORMATS",
    "RECORD_VERSION",
    "Format",
    "TaxIds",
    "dumps",
    "from_dict",
    "json_schema",
    "loads",
    "make_converter",
    "read_record",
    "to_dict",
    "value_schema",
    "write_record",
]
