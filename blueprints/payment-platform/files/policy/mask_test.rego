package system.log_test

import data.system.log
import rego.v1

test_tokens_and_bodies_go if {
	every path in ["headers/authorization", "headers/cookie", "body", "raw_body"] {
		concat("/", ["/input/attributes/request/http", path]) in log.mask
	}

	"/input/parsed_body" in log.mask
}
