"""Keep the files of the chosen language, and no other's."""

import shutil
from pathlib import Path

LANGUAGE = "{{ cookiecutter.language }}"

for path in sorted(Path("languages", LANGUAGE).iterdir()):
    # an installer may have compiled the Python of the template
    if path.name != "__pycache__":
        shutil.move(path, Path(path.name))
shutil.rmtree("languages")
