"""What to do about text that is no YAML, by what stands on its line."""

from __future__ import annotations

from typing import Final

_BY_MESSAGE: Final = (
    ("mapping values are not allowed", "quote the value, or begin a new line for the key"),
    ("did not find expected key", "look at the indentation and the quotes of the lines before"),
    ("could not find expected ':'", "a key needs a colon and a space behind it; look at the line before, too"),
    ("did not find expected ',' or", "close the bracket, or part the entries with a comma"),
)


def cure_of(line: str, message: str = "") -> str:
    """Give what mends a line that cannot be read as YAML, empty where nothing is known."""
    if "\t" in line[: len(line) - len(line.lstrip())]:
        return "indent with spaces: YAML takes no tabs"
    if "{{" in line:
        return "quote it; of a chart, give what it renders: helm template … | gitopsgen check -"
    return next((cure for sign, cure in _BY_MESSAGE if sign in message), "")
