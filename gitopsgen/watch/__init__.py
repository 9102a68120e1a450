"""`watch`: what follows from each saved file, told as soon as it is known.

Knows files that change, and a terminal through whoever calls; what is right or wrong, the pipeline says.
"""

from gitopsgen.watch.changes import Batch, batches
from gitopsgen.watch.looking import first_look, regions_of
from gitopsgen.watch.making import PageMaker
from gitopsgen.watch.serving import PageServer

__all__ = ["Batch", "PageMaker", "PageServer", "batches", "first_look", "regions_of"]
