package budgeted_test

import rego.v1

import data.gitopsgenbudgeted

budgets := {"shop": {"policy/v1": {"PodDisruptionBudget": {"function": {"spec": {"selector": {"matchLabels": {"app": "function"}}}}}}}}

violations(patch) := found if {
	found := gitopsgenbudgeted.violation with input as {"review": {"object": object.union(
		{
			"kind": "Deployment",
			"metadata": {"name": "function", "namespace": "shop"},
			"spec": {"template": {"metadata": {"labels": {"app": "function", "tier": "a"}}}},
		},
		patch,
	)}}
		with data.inventory as {"namespace": budgets}
}

test_a_workload_with_a_budget_is_sound if {
	count(violations({})) == 0
}

test_a_budget_for_other_pods_is_none if {
	violations({"spec": {"template": {"metadata": {"labels": {"app": "other"}}}}}) == {{"msg": "Deployment function must have a PodDisruptionBudget"}}
}

test_a_budget_in_another_namespace_is_none if {
	count(violations({"metadata": {"namespace": "elsewhere"}})) == 1
}

test_a_stateful_set_needs_one_too if {
	count(violations({"kind": "StatefulSet", "metadata": {"namespace": "elsewhere"}})) == 1
}

test_a_single_pod_needs_none if {
	count(violations({"metadata": {"namespace": "elsewhere"}, "spec": {"replicas": 1}})) == 0
}

test_pods_of_others_need_none if {
	count(violations({"kind": "DaemonSet", "metadata": {"namespace": "elsewhere"}})) == 0
}
