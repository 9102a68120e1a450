# Images come from the one registry and are pinned by digest.
package gitopsgenpinnedimages

import future.keywords.contains
import future.keywords.if
import future.keywords.in

# Pods carry their specification, whatever makes pods carries it in a template.
pod := input.review.object.spec if input.review.object.kind == "Pod"

pod := input.review.object.spec.template.spec if input.review.object.kind != "Pod"

containers contains container if some container in pod.containers

containers contains container if some container in pod.initContainers

containers contains container if some container in pod.ephemeralContainers

violation contains {"msg": msg} if {
	some container in containers
	not pinned(container.image)
	msg := sprintf("container %v: image %v must come from %v and be pinned by digest", [container.name, container.image, input.parameters.registry])
}

pinned(image) if {
	startswith(image, concat("", [input.parameters.registry, "/"]))
	regex.match(`@sha256:[0-9a-f]{64}$`, image)
}
