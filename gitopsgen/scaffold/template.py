"""Cookiecutter: a template and answers to files in memory.

The only place that imports cookiecutter. Nothing of the user's own cookiecutter settings or replays is read or written.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from gitopsgen.diagnostics import UsageError

TEMPLATES: Final = Path(__file__).parent / "templates"

Answers = Mapping[str, str]
# Question, default, choices (none: any text) -> answer.
Ask = Callable[[str, str, tuple[str, ...]], str]


@dataclass(frozen=True, slots=True)
class Template:
    """One cookiecutter template."""

    name: str
    directory: Path

    @property
    def digest(self) -> str:
        """Digest of all files: another one is another template."""
        digest = hashlib.sha256()
        for path in sorted(self.directory.rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                content = path.read_bytes()
                digest.update(f"{path.relative_to(self.directory).as_posix()}\0{len(content)}\0".encode())
                digest.update(content)
        return digest.hexdigest()

    def settings(self) -> dict[str, Any]:
        """Give `cookiecutter.json`."""
        settings: dict[str, Any] = json.loads((self.directory / "cookiecutter.json").read_text("utf-8"))
        return settings


def template(name: str) -> Template:
    """Give one of the templates that come with the tool."""
    return Template(name, TEMPLATES / name)


def answered(template: Template, given: Answers, ask: Ask | None) -> dict[str, str]:
    """Give the answers to all questions of a template: those given, else asked for, else defaults.

    Without `ask` nobody is asked, and otherwise for what the template's `_asked` names. What begins with `__` follows
    from the answers: nobody is asked for it, and none is taken over.

    Raises UsageError where one given is none of the choices.
    """
    from cookiecutter.prompt import render_variable  # noqa: PLC0415 - 250 ms that only scaffolding needs
    from cookiecutter.utils import create_env_with_context  # noqa: PLC0415 - as above

    settings = template.settings()
    asked = settings.get("_asked", ())
    environment = create_env_with_context({"cookiecutter": settings})
    answers: dict[str, str] = {}
    for key, raw in settings.items():
        if key.startswith("__") and key != "__prompts__":
            answers[key] = str(render_variable(environment, raw, answers))  # follows from the others
        if key.startswith("_"):
            continue
        choices = tuple(raw) if isinstance(raw, list) else ()
        default = choices[0] if choices else str(render_variable(environment, raw, answers))
        answer = given.get(key)
        if answer is None:
            answer = ask(question(settings, key), default, choices) if ask and key in asked else default
        if choices and answer not in choices:
            raise UsageError(f'found {key} "{answer}", expected one of {", ".join(choices)}')
        answers[key] = answer
    return answers


def question(settings: Mapping[str, Any], key: str) -> str:
    """Give how a person is asked for an answer; cookiecutter has words for each choice too."""
    prompt = settings["__prompts__"][key]
    return str(prompt["__prompt__"] if isinstance(prompt, dict) else prompt)


def rendered(template: Template, answers: Answers) -> dict[str, bytes]:
    """Give the files that a template makes of answers, by their path below the folder that it makes."""
    from cookiecutter.generate import generate_files  # noqa: PLC0415 - as in answered

    hidden = {key: value for key, value in template.settings().items() if key.startswith("_")}
    context = {"cookiecutter": {**{key: value for key, value in hidden.items() if key != "__prompts__"}, **answers}}
    with tempfile.TemporaryDirectory(prefix="gitopsgen-") as folder:
        made = Path(generate_files(template.directory, context, folder))
        return {
            path.relative_to(made).as_posix(): path.read_bytes() for path in sorted(made.rglob("*")) if path.is_file()
        }
