package rules_test

import rego.v1

import data.gitopsgenconfined
import data.gitopsgennohostaccess
import data.gitopsgenpinnedimages
import data.gitopsgenresources

digest := "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

good := {
	"name": "main",
	"image": concat("@", ["registry.example.com/team/app:1.0", digest]),
	"resources": {"requests": {"cpu": "100m", "memory": "64Mi"}, "limits": {"memory": "64Mi"}},
	"securityContext": {
		"runAsNonRoot": true,
		"readOnlyRootFilesystem": true,
		"allowPrivilegeEscalation": false,
		"capabilities": {"drop": ["ALL"]},
	},
}

review(spec) := {
	"review": {"object": {"kind": "Pod", "spec": spec}},
	"parameters": {"registry": "registry.example.com"},
}

workload(spec) := {
	"review": {"object": {"kind": "Deployment", "spec": {"template": {"spec": spec}}}},
	"parameters": {"registry": "registry.example.com"},
}

with_change(patch) := {"containers": [object.union(good, patch)]}

test_a_good_pod_breaks_no_rule if {
	every rule in [
		gitopsgenpinnedimages.violation,
		gitopsgenresources.violation,
		gitopsgennohostaccess.violation,
		gitopsgenconfined.violation,
	] {
		count(rule) == 0
	}
		with input as review({"containers": [good]})
}

test_a_good_deployment_breaks_no_rule if {
	count(gitopsgenpinnedimages.violation) == 0 with input as workload({"containers": [good]})
	count(gitopsgenconfined.violation) == 0 with input as workload({"containers": [good]})
}

test_a_tag_alone_is_refused if {
	count(gitopsgenpinnedimages.violation) == 1 with input as review(with_change({"image": "registry.example.com/team/app:1.0"}))
}

test_another_registry_is_refused if {
	count(gitopsgenpinnedimages.violation) == 1 with input as review(with_change({"image": concat("@", ["registry.example.com.evil.example/app", digest])}))
}

test_init_containers_count if {
	count(gitopsgenpinnedimages.violation) == 1 with input as review({
		"containers": [good],
		"initContainers": [object.union(good, {"image": "app:latest"})],
	})
}

test_containers_for_debugging_count if {
	debugging := review({"containers": [good], "ephemeralContainers": [{"name": "debug", "image": "busybox"}]})

	count(gitopsgenpinnedimages.violation) == 1 with input as debugging
	count(gitopsgenconfined.violation) == 3 with input as debugging
	count(gitopsgenresources.violation) == 0 with input as debugging
}

test_templates_are_looked_into if {
	count(gitopsgenpinnedimages.violation) == 1 with input as workload(with_change({"image": "app:latest"}))
}

test_missing_requests_and_limits_are_told_apart if {
	count(gitopsgenresources.violation) == 3 with input as review({"containers": [object.remove(good, ["resources"])]})
}

test_the_host_stays_out_of_reach if {
	count(gitopsgennohostaccess.violation) == 4 with input as review({
		"hostNetwork": true,
		"hostPID": true,
		"volumes": [{"name": "logs", "hostPath": {"path": "/var/log"}}],
		"containers": [object.union(good, {"ports": [{"containerPort": 80, "hostPort": 80}]})],
	})
}

test_root_is_refused if {
	count(gitopsgenconfined.violation) == 1 with input as review(with_change({"securityContext": {"runAsNonRoot": false}}))
}

test_the_pod_may_answer_for_its_containers if {
	container := object.union(
		object.remove(good, ["securityContext"]),
		{"securityContext": object.remove(good.securityContext, ["runAsNonRoot"])},
	)

	count(gitopsgenconfined.violation) == 0 with input as review({
		"securityContext": {"runAsNonRoot": true},
		"containers": [container],
	})
	count(gitopsgenconfined.violation) == 1 with input as review({"containers": [container]})
}

test_a_container_without_security_context_breaks_every_rule_of_confinement if {
	count(gitopsgenconfined.violation) == 3 with input as review({"containers": [object.remove(good, ["securityContext"])]})
}
