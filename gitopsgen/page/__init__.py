"""The page of a fleet: one HTML file that asks nobody for anything, made of a document of plain data.

Knows the document's form and no project. The page's own program stands in `assets/`, as it is inlined.
"""

from gitopsgen.page.document import data_text, page

__all__ = ["data_text", "page"]
