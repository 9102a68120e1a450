"""Pictures of a terminal, as SVG, from what a program printed with its colours."""

from __future__ import annotations

import re
from io import StringIO

from rich.console import Console
from rich.terminal_theme import TerminalTheme
from rich.text import Text

# As rich draws it, without the fonts that it would fetch from elsewhere: any font of fixed width fits.
FORMAT = """\
<svg class="rich-terminal" viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg">
<style>
.{unique_id}-matrix {{ font-family: ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace;
  font-size: {char_height}px; line-height: {line_height}px; }}
{styles}
</style>
<defs>
<clipPath id="{unique_id}-clip-terminal">
<rect x="0" y="0" width="{terminal_width}" height="{terminal_height}" />
</clipPath>
{lines}
</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix">
{matrix}
</g>
</g>
</svg>
"""
COLUMNS = 118  # what is longer is wrapped, as in a terminal
_LINE_END = re.compile(r"<text [^>]*>\n</text>")
THEME = TerminalTheme(
    (27, 33, 41),
    (214, 220, 227),
    [(27, 33, 41), (240, 113, 120), (145, 200, 110), (230, 180, 80),
     (110, 165, 240), (205, 140, 230), (95, 200, 205), (214, 220, 227)],
    [(120, 132, 146), (255, 140, 145), (170, 220, 135), (250, 205, 110),
     (140, 190, 255), (225, 165, 250), (125, 220, 225), (255, 255, 255)],
)  # fmt: skip


def picture(name, text):
    """Draw lines with ANSI colours."""
    drawn = Text.from_ansi(text)
    console = Console(record=True, width=COLUMNS, file=StringIO(), force_terminal=True, color_system="truecolor")
    console.print(drawn, highlight=False)
    svg = console.export_svg(title="", theme=THEME, code_format=FORMAT, unique_id=name)
    lines = _LINE_END.sub("", svg).splitlines()
    return "\n".join(line.rstrip() for line in lines if line.strip()) + "\n"
