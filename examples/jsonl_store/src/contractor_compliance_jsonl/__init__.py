"""A store of contractor-compliance in plain files: a journal of JSON lines for each company."""

from contractor_compliance_jsonl.store import JsonlStore, open_url

__all__ = ["JsonlStore", "open_url"]
