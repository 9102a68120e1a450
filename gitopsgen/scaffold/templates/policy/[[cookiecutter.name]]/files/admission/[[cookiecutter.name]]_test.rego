package [[ cookiecutter.__package ]]_test

import data.[[ cookiecutter.__package ]]
import rego.v1

review(labels) := {
	"review": {"object": {"kind": "Deployment", "metadata": {"name": "app", "labels": labels}}},
	"parameters": {"labels": ["app.kubernetes.io/name", "app.kubernetes.io/part-of"]},
}

test_all_labels_are_enough if {
	count([[ cookiecutter.__package ]].violation) == 0 with input as review({"app.kubernetes.io/name": "a", "app.kubernetes.io/part-of": "b"})
}

test_each_label_that_is_missing_is_told if {
	[[ cookiecutter.__package ]].violation == {{"msg": "label app.kubernetes.io/part-of is missing"}} with input as review({"app.kubernetes.io/name": "a"})
}

test_an_object_without_labels_breaks_the_rule if {
	nothing := {"review": {"object": {"kind": "Pod", "metadata": {"name": "app"}}}, "parameters": {"labels": ["owner"]}}

	count([[ cookiecutter.__package ]].violation) == 1 with input as nothing
}
