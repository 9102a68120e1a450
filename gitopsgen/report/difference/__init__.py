"""A folded difference for people and programs, one file a format.

Knows records and no streams: each format is a function from a difference and its findings to lines.
"""
