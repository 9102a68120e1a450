"""Policies of admission evaluated offline: Rego, and Gatekeeper around it.

Knows objects as plain data; where they stand in files, and what weighs how much in a report, others say.
"""
