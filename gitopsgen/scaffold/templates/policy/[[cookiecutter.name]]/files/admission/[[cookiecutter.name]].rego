# [[ cookiecutter.description ]].
# Both dialects of Rego read it: v1, and v0 on an older Gatekeeper, which refuses `import rego.v1`.
package [[ cookiecutter.__package ]]

import future.keywords.contains
import future.keywords.if
import future.keywords.in

violation contains {"msg": msg} if {
	some label in input.parameters.labels
	not labelled(label)
	msg := sprintf("label %v is missing", [label])
}

labelled(label) if input.review.object.metadata.labels[label]
