# Whatever has more than one pod says how many of them a drain may take at once. The budget is another object, so this
# rule compares with what Gatekeeper has copied (SyncSet).
package gitopsgenbudgeted

import future.keywords.contains
import future.keywords.if
import future.keywords.in

violation contains {"msg": msg} if {
	workload := input.review.object
	workload.kind in ["Deployment", "StatefulSet"]
	object.get(workload.spec, "replicas", 2) != 1
	not is_budgeted(workload.metadata.namespace, workload.spec.template.metadata.labels)
	msg := sprintf("%v %v must have a PodDisruptionBudget", [workload.kind, workload.metadata.name])
}

is_budgeted(namespace, labels) if {
	some budget in data.inventory.namespace[namespace]["policy/v1"].PodDisruptionBudget
	wanted := budget.spec.selector.matchLabels
	count({key | some key, value in wanted; object.get(labels, key, "") != value}) == 0
}
