"""The documentation as a site: `make docs`. Sphinx reads the Markdown files where they lie.

README.md of this folder is the one table of contents: its sections become the site's sidebar. Sphinx warns of a page
that is not in it and of a link that leads nowhere, and `make docs` fails on a warning.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sphinx.application import Sphinx

project = "Helpdesk"
html_title = "Helpdesk"
extensions = ["myst_parser"]
root_doc = "docs/README"
include_patterns = ["*.md", "docs/*.md", "bench/*.md", "decisions/*.md"]
myst_heading_anchors = 4
highlight_language = "none"
html_theme = "furo"
html_static_path = ["site.css"]
html_css_files = ["site.css"]
html_show_copyright = False
html_show_sphinx = False
html_copy_source = False


def setup(app: Sphinx) -> None:
    """Sidebar before reading, front page after writing."""
    app.connect("source-read", add_contents)
    app.connect("build-finished", write_front_page)


def add_contents(app: Sphinx, document: str, source: list[str]) -> None:
    """What a table of contents lists is said to Sphinx in its own form, which nobody sees."""
    if document == root_doc:
        for title, section in re.findall(r"(?ms)^## (.+?)\n(.*?)(?=^## |\Z)", source[0]):
            entries = re.findall(r"(?m)^- \[([^]]+)\]\(([^)#:]+)\.md\)", section)
            source[0] += tree([f"{label} <{page}>" for label, page in entries], title)
    elif document == "decisions/README":
        source[0] += tree(sorted(path.stem for path in Path(app.srcdir, "decisions").glob("0*.md")), "Decisions")


def tree(pages: list[str], title: str) -> str:
    """A toctree, which is not shown on the page itself."""
    return "\n\n```{toctree}\n:hidden:\n:caption: " + "\n".join([title, "", *pages]) + "\n```\n"


def write_front_page(app: Sphinx, _exception: Exception | None) -> None:
    """Whoever opens the folder is led to the table of contents."""
    page = f'<!doctype html><title>{project}</title><meta http-equiv="refresh" content="0; url={root_doc}.html">\n'
    Path(app.outdir, "index.html").write_text(page, encoding="utf-8")
