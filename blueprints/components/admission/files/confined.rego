# Containers run unprivileged, on a file system they cannot change.
package gitopsgenconfined

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
	not unprivileged(container)
	msg := sprintf("container %v must not run as root", [container.name])
}

violation contains {"msg": msg} if {
	some container in containers
	not container.securityContext.readOnlyRootFilesystem
	msg := sprintf("container %v must have a read-only root file system", [container.name])
}

violation contains {"msg": msg} if {
	some container in containers
	not closed(container)
	msg := sprintf("container %v must drop all capabilities and must not gain any", [container.name])
}

unprivileged(container) if container.securityContext.runAsNonRoot

unprivileged(container) if {
	not has_own_answer(container)
	pod.securityContext.runAsNonRoot
}

has_own_answer(container) if container.securityContext.runAsNonRoot == false

closed(container) if {
	container.securityContext.allowPrivilegeEscalation == false
	"ALL" in container.securityContext.capabilities.drop
}
