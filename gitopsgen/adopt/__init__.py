"""What cities have in common, found again: objects of many cities to one blueprint and the values that differ.

Pure: objects and facts in, texts of files out. Must not know where the objects came from, nor render anything.
"""

from __future__ import annotations

from gitopsgen.adopt.blueprint import Adopted, Order, adopt
from gitopsgen.adopt.cities import City, city_of

__all__ = ["Adopted", "City", "Order", "adopt", "city_of"]
