# Pods keep away from the host's namespaces, folders and ports.
package gitopsgennohostaccess

import future.keywords.contains
import future.keywords.if
import future.keywords.in

# Pods carry their specification, whatever makes pods carries it in a template.
pod := input.review.object.spec if input.review.object.kind == "Pod"

pod := input.review.object.spec.template.spec if input.review.object.kind != "Pod"

containers contains container if some container in pod.containers

containers contains container if some container in pod.initContainers

violation contains {"msg": msg} if {
	some field in ["hostNetwork", "hostPID", "hostIPC"]
	pod[field] == true
	msg := sprintf("pods must not set %v", [field])
}

violation contains {"msg": msg} if {
	some volume in pod.volumes
	volume.hostPath
	msg := sprintf("volume %v must not be a folder of the host", [volume.name])
}

violation contains {"msg": msg} if {
	some container in containers
	some port in container.ports
	port.hostPort > 0
	msg := sprintf("container %v must not listen on port %v of the host", [container.name, port.hostPort])
}
