"""Settings of the documentation site; `make docs` builds it, and every warning is an error."""

from __future__ import annotations

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

import pages  # noqa: E402 - stands beside this file

import ponplan  # noqa: E402

project = "ponplan"
author = "the ponplan authors"
release = version = ponplan.__version__
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "sphinx.ext.viewcode"]
source_suffix = {".md": "markdown"}
exclude_patterns = ["_build", "data"]
html_theme = "furo"
html_title = "ponplan"
html_copy_source = False
html_show_copyright = False
myst_heading_anchors = 3
autodoc_typehints = "signature"
autodoc_member_order = "bysource"
napoleon_google_docstring = False
napoleon_use_rtype = False
nitpicky = False

# pages that follow from the package's own tables are written before every build, and are not kept in the repository
pages.write_pages(HERE / "reference" / "generated")
