"""What an API server reckons that an expression costs at worst, before it takes a rule.

Knows no schemas: whoever asks says what type and size values have (`Shape`).
https://kubernetes.io/docs/reference/using-api/cel/#resource-constraints
"""

from gitopsgen.cel.cost.reckoning import Reckoning as Reckoning
from gitopsgen.cel.cost.reckoning import reckon as reckon
from gitopsgen.cel.cost.shapes import Shape as Shape
from gitopsgen.cel.cost.sizes import ENDLESS as ENDLESS
