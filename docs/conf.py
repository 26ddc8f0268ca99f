"""Sphinx configuration; `nox -s docs` builds without a network."""

from __future__ import annotations

import logging
from importlib.metadata import version as version_of

project = "contractor-compliance"
author = "The contractor-compliance authors"
copyright = author
release = version_of("contractor-compliance")
version = release.rpartition(".")[0]

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
exclude_patterns = ["_build"]

html_theme = "furo"
html_title = f"{project} {release}"

myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3

autodoc_member_order = "bysource"
autodoc_typehints = "description"

# References (-n) are checked for our own names only: the inventories of other projects, the
# standard library's included, would have to be downloaded.
nitpick_ignore_regex = [(r"py:.*", r"(?!contractor_compliance\b).*")]

# A section may be waiting for its first page. This warning has no type, so that
# `suppress_warnings` does not reach it.
logging.getLogger("sphinx.sphinx.directives.other").addFilter(
    lambda record: getattr(record, "subtype", None) != "empty_glob"
)
