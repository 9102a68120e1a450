"""The project in an editor, by the Language Server Protocol: findings as you type, and what stands behind a value.

Knows the protocol and the questions; nothing of how they are answered, and never writes a file.
"""

from gitopsgen.lsp.server import Server

__all__ = ["Server"]
