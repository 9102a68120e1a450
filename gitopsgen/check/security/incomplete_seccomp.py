"""A seccomp profile under which no container starts.

What it finds:
    A SeccompProfile that refuses what it does not list, and does not list a call that every container needs (for
    each architecture that it names), lists a call that no architecture has, or names no architectures.

Why:
    Between the moment when the filter is set and the program's first line the runtime itself calls `execve`: the
    container ends before it began, with an error that names neither profile nor call.

Example:
    apiVersion: security-profiles-operator.x-k8s.io/v1
    kind: SeccompProfile
    metadata: {name: small}
    spec:
      defaultAction: SCMP_ACT_ERRNO
      architectures: [SCMP_ARCH_X86_64]
      syscalls: [{action: SCMP_ACT_ALLOW, names: [read, write, exit_group]}]

Instead:
    apiVersion: security-profiles-operator.x-k8s.io/v1
    kind: SeccompProfile
    metadata: {name: small}
    spec:
      defaultAction: SCMP_ACT_ERRNO
      baseProfileName: runc-v1.4.2
      architectures: [SCMP_ARCH_X86_64]
      syscalls: [{action: SCMP_ACT_ALLOW, names: [read, write, exit_group]}]

"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from gitopsgen.check.rule import Found, Rule, Subject, of_kind
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import mapping, sequence, text
from gitopsgen.schemas.wording import listed

RULE = Rule(
    "GG430",
    "incomplete-seccomp",
    Severity.ERROR,
    on=of_kind("SeccompProfile.security-profiles-operator.x-k8s.io"),
    is_shared=True,
)
_REFUSING: Final = ("SCMP_ACT_ERRNO", "SCMP_ACT_KILL", "SCMP_ACT_KILL_PROCESS", "SCMP_ACT_KILL_THREAD", "SCMP_ACT_TRAP")
_NEEDED: Final = frozenset(
    {"brk", "clone", "close", "execve", "exit_group", "futex", "mmap", "openat", "read", "rt_sigaction", "write"}
)
_NEEDED_ON: Final[Mapping[str, frozenset[str]]] = {"SCMP_ARCH_X86_64": frozenset({"arch_prctl"})}
# calls of old 32-bit architectures, or of the C library only
_UNKNOWN: Final = frozenset({"recv", "send", "waitpid"})
_64_BIT: Final = frozenset({"SCMP_ARCH_X86_64", "SCMP_ARCH_AARCH64"})


def check(subject: Subject) -> Iterator[Found]:
    """Report what is missing in an allow list, and what means nothing there."""
    spec = mapping(subject.data.get("spec"))
    if text(spec.get("defaultAction")) not in _REFUSING:
        return
    architectures = [text(each) for each in sequence(spec.get("architectures"))]
    if not architectures:
        message = f"{subject} names no architectures, so calls of other ones pass unfiltered or not at all"
        yield subject.found(("spec",), message, "add the architectures of the nodes, such as SCMP_ARCH_X86_64")
    if not spec.get("baseProfileName"):
        needed = _NEEDED.union(*(_NEEDED_ON.get(each, frozenset()) for each in architectures))
        missing = sorted(needed - _allowed(spec))
        if missing:
            message = f"{subject} does not allow {listed(missing)}, without which no container starts"
            yield subject.found(("spec", "syscalls"), message, "add them, or a baseProfileName")
    if set(architectures) <= _64_BIT:
        yield from _meaningless(subject, spec)


def _allowed(spec: Mapping[str, Any]) -> set[str]:
    return {
        text(name)
        for rule in sequence(spec.get("syscalls"))
        if mapping(rule).get("action") == "SCMP_ACT_ALLOW"
        for name in sequence(mapping(rule).get("names"))
    }


def _meaningless(subject: Subject, spec: Mapping[str, Any]) -> Iterator[Found]:
    for index, rule in enumerate(sequence(spec.get("syscalls"))):
        for number, name in enumerate(sequence(mapping(rule).get("names"))):
            if text(name) in _UNKNOWN:
                path = ("spec", "syscalls", index, "names", number)
                yield subject.found(path, f'no 64-bit architecture has the call "{name}"')
