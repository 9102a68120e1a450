"""Refuse what cannot be a name before anything is written."""

import re
import sys

NAMES = (
    ("name", {{ cookiecutter.name | tojson }}, 50),
    ("namespace", {{ cookiecutter.namespace | tojson }}, 63),
)

for key, name, longest in NAMES:
    if not re.fullmatch(r"[a-z]([-a-z0-9]*[a-z0-9])?", name) or len(name) > longest:
        expected = f'lower-case letters, digits and "-" inside, a letter first, at most {longest} characters'
        sys.exit(f'"{name}" cannot be the {key}: expected {expected}')
