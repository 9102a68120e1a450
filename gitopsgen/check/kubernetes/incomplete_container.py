"""A pod without a container, or a container without an image or a name of its own.

What it finds:
    An empty list of `containers`, a container without an `image` or with spaces around it, an init container
    named like another container, `ephemeralContainers` in a manifest.

Why:
    The API server refuses the object.

Example:
    apiVersion: v1
    kind: Pod
    metadata: {name: ledger, namespace: payment}
    spec:
      containers: [{name: ledger}]

Instead:
    apiVersion: v1
    kind: Pod
    metadata: {name: ledger, namespace: payment}
    spec:
      containers: [{name: ledger, image: registry.example.com/ledger}]

"""

from __future__ import annotations

from collections.abc import Iterator

from gitopsgen.check.kubernetes.lenience import validated
from gitopsgen.check.pods import containers, pod_spec, spec_path, template
from gitopsgen.check.rule import API_SERVER, Found, Rule, Subject, has_pods
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import text

RULE = Rule("GG447", "incomplete-container", Severity.ERROR, on=has_pods, is_shared=True, refused_by=API_SERVER)


def check(subject: Subject) -> Iterator[Found]:
    """Report what keeps a container from being one."""
    return map(validated, _found(subject))


def _found(subject: Subject) -> Iterator[Found]:
    spec, path = pod_spec(subject), spec_path(subject)
    if "spec" in template(subject) and spec.get("containers") == []:
        message = f"the pods of {subject} have no containers, expected at least one"
        yield subject.found((*path, "containers"), message)
    if spec.get("ephemeralContainers"):
        message = "ephemeral containers in a manifest; they are added to a running pod"
        yield subject.found((*path, "ephemeralContainers"), message, "use `kubectl debug`")
        return
    names = {text(one.get("name")) for where, one in containers(subject) if where[-2] == "containers"}
    for where, container in containers(subject):
        name, image = text(container.get("name")), container.get("image")
        if image is None or image == "":
            yield subject.found(where, f'the container "{name}" has no image')
        elif isinstance(image, str) and image != image.strip():
            found = subject.found(
                (*where, "image"), f'the image "{image}" has spaces around it', f'write "{image.strip()}"'
            )
            # the server looks when the pod is made, and takes what makes it
            yield found if subject.known.name == "Pod" else found._replace(refused=False)
        if where[-2] == "initContainers" and name and name in names:
            message = f'an init container and a container are both named "{name}"'
            yield subject.found((*where, "name"), message, "names are unique in a pod")
