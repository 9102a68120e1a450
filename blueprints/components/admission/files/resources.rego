# Every container says what it needs, and how much memory it may take.
package gitopsgenresources

import future.keywords.contains
import future.keywords.if
import future.keywords.in

# Pods carry their specification, whatever makes pods carries it in a template.
pod := input.review.object.spec if input.review.object.kind == "Pod"

pod := input.review.object.spec.template.spec if input.review.object.kind != "Pod"

containers contains container if some container in pod.containers

containers contains container if some container in pod.initContainers

violation contains {"msg": msg} if {
	some container in containers
	some resource in ["cpu", "memory"]
	not container.resources.requests[resource]
	msg := sprintf("container %v must request %v", [container.name, resource])
}

violation contains {"msg": msg} if {
	some container in containers
	not container.resources.limits.memory
	msg := sprintf("container %v must have a memory limit", [container.name])
}
