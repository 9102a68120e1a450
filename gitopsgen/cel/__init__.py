"""Expressions in CEL, the language of rules in CustomResourceDefinitions and admission policies.

`evaluate` takes an expression and the values of its variables and gives a value, or what failed.
Knows nothing of Kubernetes objects, schemas or policies: whoever asks says what the variables are.
"""

from __future__ import annotations

from gitopsgen.cel.engine import Failure, compiled, evaluate

__all__ = ["Failure", "compiled", "evaluate"]
