"""Dangers of a change, one file each; its docstring is its page in `docs/dangers/`.

In an example the version before stands first, then `---`, then the version after; of what came or went, one is empty.
"""
