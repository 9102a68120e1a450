"""Controls of a standard, and what in rendered manifests supports them.

What supports what is data (`catalogue/`); this package reads it, tries it on files, and folds what was found.
Knows no project and no disk but its own catalogue: whoever calls gives the files.
"""

from gitopsgen.evidence.catalogue import FRAMEWORKS, Catalogue, CatalogueError, Control, Framework, read_catalogue
from gitopsgen.evidence.folding import Answer, Evidence, Folded, Group, fold
from gitopsgen.evidence.gathering import FLEET, Gathered, Holder, Place, Text, gather

__all__ = [
    "FLEET",
    "FRAMEWORKS",
    "Answer",
    "Catalogue",
    "CatalogueError",
    "Control",
    "Evidence",
    "Folded",
    "Framework",
    "Gathered",
    "Group",
    "Holder",
    "Place",
    "Text",
    "fold",
    "gather",
    "read_catalogue",
]
