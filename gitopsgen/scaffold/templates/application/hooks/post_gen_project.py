"""Keep the files of the chosen language, and no other's."""

import shutil
from pathlib import Path

LANGUAGE = "{{ cookiecutter.language }}"

for path in sorted(Path("languages", LANGUAGE).iterdir()):
    shutil.move(path, Path(path.name))
shutil.rmtree("languages")
