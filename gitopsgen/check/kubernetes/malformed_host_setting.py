"""A setting of host names, DNS or the kernel that a pod cannot have.

What it finds:
    Host aliases and name servers that are no IP addresses, host names, search domains and names of a StatefulSet's
    Service that are none, more than three name servers, `dnsPolicy: None` without any, sysctls twice or of a namespace
    that the pod shares with its node, `shareProcessNamespace` beside `hostPID`.

Why:
    The API server refuses the object.

Example:
    apiVersion: v1
    kind: Pod
    metadata: {name: ledger, namespace: payment}
    spec:
      containers: [{name: ledger, image: registry.example.com/ledger}]
      hostAliases: [{ip: ledger, hostnames: [ledger.bank]}]

Instead:
    apiVersion: v1
    kind: Pod
    metadata: {name: ledger, namespace: payment}
    spec:
      containers: [{name: ledger, image: registry.example.com/ledger}]
      hostAliases: [{ip: 10.0.0.1, hostnames: [ledger.bank]}]

"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from gitopsgen.check.kubernetes.lenience import release, validated
from gitopsgen.check.names import dns_label, subdomain
from gitopsgen.check.pods import pod_spec, spec_path
from gitopsgen.check.rule import API_SERVER, Found, Rule, Subject, has_pods
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import mapping, sequence, text, texts
from gitopsgen.model.variant import Path

RULE = Rule("GG457", "malformed-host-setting", Severity.ERROR, on=has_pods, is_shared=True, refused_by=API_SERVER)
_NUMBER: Final = r"0*(?:25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])"  # servers take zeros in front here
_ADDRESS: Final = re.compile(rf"{_NUMBER}(?:\.{_NUMBER}){{3}}")
_SYSCTL: Final = re.compile(r"(?:[a-z0-9](?:[-_a-z0-9]*[a-z0-9])?[./])*[a-z0-9](?:[-_a-z0-9]*[a-z0-9])?")
_MOST_SERVERS: Final = 3
_MOST_SEARCHES: Final = 32
_UNDERLINED: Final = [1, 33]  # the first that takes "_" in search domains, and the root as one
_SERVICE_NAMED: Final = [1, 33]  # the first that looks at serviceName
_USERS: Final = [1, 33]  # the first that reads hostUsers unasked
_OF_NODE: Final = ("hostIPC", "hostNetwork", "hostPID")
_OF_NETWORK: Final = ("net.",)
_OF_IPC: Final = ("fs.mqueue.", "kernel.msg", "kernel.sem", "kernel.shm")

Wrong = tuple[Path, str, str]


def check(subject: Subject) -> Iterator[Found]:
    """Report settings that the server does not take."""
    spec, version = pod_spec(subject), release(subject.known.kind)
    named = (_names(spec), _accounts(spec), _users(spec) if version >= _USERS else ())
    for wrong in (_aliases(spec), _dns(spec), _searches(spec, version), *named, _sysctls(spec)):
        for path, message, hint in wrong:
            yield validated(subject.found((*spec_path(subject), *path), message, hint))
    if subject.known.name == "StatefulSet" and version >= _SERVICE_NAMED:
        yield from _service(subject)


def _service(subject: Subject) -> Iterator[Found]:
    name = text(mapping(subject.data.get("spec")).get("serviceName"))
    if name and (expected := dns_label(name)):
        message = f'the serviceName "{name}" must be {expected}'
        yield subject.found(("spec", "serviceName"), message, "it is the subdomain of the pods")


def _aliases(spec: Mapping[str, Any]) -> Iterator[Wrong]:
    for index, alias in enumerate(map(mapping, sequence(spec.get("hostAliases")))):
        path: Path = ("hostAliases", index)
        address = alias.get("ip", "1.1.1.1")  # one that is missing is reported as such
        if isinstance(address, str | None) and not _is_address(address or ""):
            yield (*path, "ip"), f'"{address}" is no IP address', ""
        for number, name in enumerate(map(text, sequence(alias.get("hostnames")))):
            if expected := subdomain(name):
                yield (*path, "hostnames", number), f'the host name "{name}" must be {expected}', ""


def _dns(spec: Mapping[str, Any]) -> Iterator[Wrong]:
    config = mapping(spec.get("dnsConfig"))
    servers = sequence(config.get("nameservers"))
    path: Path = ("dnsConfig", "nameservers")
    if spec.get("dnsPolicy") == "None" and not servers:
        where = path if spec.get("dnsConfig") is not None else path[:1]
        yield where, "dnsPolicy is None, and dnsConfig names no nameservers", "add one, or remove dnsPolicy"
    if len(servers) > _MOST_SERVERS:
        yield path, f"{len(servers)} nameservers, expected at most {_MOST_SERVERS}", ""
    for index, server in texts(servers):
        if not _is_address(server):
            yield (*path, index), f'"{server}" is no IP address', ""


def _searches(spec: Mapping[str, Any], version: list[int]) -> Iterator[Wrong]:
    path: Path = ("dnsConfig", "searches")
    searches = sequence(mapping(spec.get("dnsConfig")).get("searches"))
    if len(searches) > _MOST_SEARCHES:
        yield path, f"{len(searches)} search domains, expected at most {_MOST_SEARCHES}", ""
    for index, domain in texts(searches):
        if domain == "." and version >= _UNDERLINED:
            continue
        name = domain.removesuffix(".")
        if version >= _UNDERLINED:
            name = ".".join(label.removeprefix("_").replace("_", "-") for label in name.split("."))
        if expected := subdomain(name):
            yield (*path, index), f'the search domain "{domain}" must be {expected}', ""


def _names(spec: Mapping[str, Any]) -> Iterator[Wrong]:
    for field in ("hostname", "subdomain"):
        name = text(spec.get(field))
        if name and (expected := dns_label(name)):
            yield (field,), f'the {field} "{name}" must be {expected}', ""
    if spec.get("shareProcessNamespace") is True and spec.get("hostPID") is True:
        message = "shareProcessNamespace beside hostPID: the pod has the processes of its node already"
        yield ("shareProcessNamespace",), message, "remove one of them"


def _accounts(spec: Mapping[str, Any]) -> Iterator[Wrong]:
    for field in ("nodeName", "priorityClassName", "runtimeClassName", "serviceAccountName"):
        name = spec.get(field)
        # the class of a runtime is a pointer: no text is a name there
        if isinstance(name, str) and (name or field == "runtimeClassName") and (expected := subdomain(name)):
            yield (field,), f'{field} is "{name}", expected {expected}', "it names an object, so it must be a name"


def _users(spec: Mapping[str, Any]) -> Iterator[Wrong]:
    for field in _OF_NODE:
        if spec.get("hostUsers") is False and spec.get(field) is True:
            message = f"{field} beside hostUsers: false: users of its own cannot be had in what is the node's"
            yield (field,), message, "remove one of them"


def _sysctls(spec: Mapping[str, Any]) -> Iterator[Wrong]:
    shared = (("hostNetwork", _OF_NETWORK), ("hostIPC", _OF_IPC))
    seen: set[str] = set()
    for index, sysctl in enumerate(map(mapping, sequence(mapping(spec.get("securityContext")).get("sysctls")))):
        name = text(sysctl.get("name"))
        path: Path = ("securityContext", "sysctls", index, "name")
        if name and _SYSCTL.fullmatch(name) is None:
            yield path, f'the sysctl "{name}" must be lower-case names with "." or "/" between them', ""
        elif name and name in seen:
            yield path, f'the sysctl "{name}" is set twice', ""
        seen.add(name)
        for field, prefixes in shared:
            if spec.get(field) is True and name.replace("/", ".").startswith(prefixes):
                yield path, f'the sysctl "{name}" beside {field}: it would be that of the node', "remove one of them"


def _is_address(string: str) -> bool:
    return ":" in string or _ADDRESS.fullmatch(string) is not None
