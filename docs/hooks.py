"""What the site needs beyond MkDocs: pages that stand above docs/, links that lead out of it, and no other hosts.

Run by MkDocs only (`mkdocs.yml`).
"""

from __future__ import annotations

import logging
import os
import re
from pathlib import Path
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

ROOT = Path(__file__).parent.parent
ABOVE = ("CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md")  # repositories keep these at their root

_LINK = re.compile(r"(!?\[[^\]\n]*\])\((?![a-z]+:)([^)#\s]+)(#[^)\s]*)?\)")
_CODE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
# What a browser fetches by itself: sources, style sheets, icons, imports, and for diagrams a library.
# A link that a reader may follow is none.
_FETCHED = re.compile(
    r"""<(?:script|img|iframe|source|video|audio|embed)\b[^>]*?\s(?:src|srcset)=["']?(?:https?:)?//[^"'\s>]+"""
    r"""|<link\b(?=[^>]*\brel=["']?(?:stylesheet|icon|preconnect|preload|prefetch|dns-prefetch|manifest))"""
    r"""[^>]*?\shref=["']?(?:https?:)?//[^"'\s>]+"""
    r"""|<\w+ class="mermaid"|url\(\s*["']?(?:https?:)?//[^)]+\)|@import\s+["'](?:https?:)?//[^"']+""",
    re.IGNORECASE,
)

log = logging.getLogger("mkdocs.hooks.gitopsgen")


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages that stand above docs/."""
    for name in ABOVE:
        files.append(File.generated(config, name, abs_src_path=str(ROOT / name)))
    return files


def on_page_markdown(markdown: str, page: Page, files: Files, **_: Any) -> str:
    """Mend what leads out of docs/: to a page of ABOVE, or to a file that only the repository has."""
    folder = ROOT if page.file.src_uri in ABOVE else (ROOT / "docs" / page.file.src_uri).parent
    here = Path("docs") / Path(page.file.src_uri).parent

    def mended(match: re.Match[str]) -> str:
        text, target, anchor = match[1], match[2], match[3] or ""
        path = Path(os.path.normpath(folder / target))
        if not path.exists():
            return match[0]  # MkDocs will say so
        name = path.relative_to(ROOT).as_posix()
        inside = name.removeprefix("docs/") if name.startswith("docs/") else name
        if files.get_file_from_path(inside) is None:
            return text.lstrip("!")[1:-1]  # a file of the repository: its name is enough
        return f"{text}({os.path.relpath(Path('docs') / inside, here)}{anchor})"

    parts, end = [], 0
    for code in _CODE.finditer(markdown):
        parts += [_LINK.sub(mended, markdown[end : code.start()]), code[0]]
        end = code.end()
    return "".join([*parts, _LINK.sub(mended, markdown[end:])])


def on_post_build(config: MkDocsConfig) -> None:
    """Warn, which is an error under `strict`, of everything that a built page would fetch from another host."""
    for file in sorted(Path(config.site_dir).rglob("*")):
        if file.suffix in {".html", ".css", ".svg"}:
            for fetched in _FETCHED.findall(file.read_text("utf-8")):
                log.warning("%s asks another host: %s", file.relative_to(config.site_dir), fetched)
