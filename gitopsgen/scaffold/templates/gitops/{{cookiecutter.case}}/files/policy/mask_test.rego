package system.log_test

import data.system.log
import rego.v1

test_tokens_are_struck_out if {
	"/input/token" in log.mask
}
