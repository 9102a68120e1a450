# What must not stand in the decision log: tokens, cookies, and bodies, which hold card data (PCI DSS 3.3, 3.4).
package system.log

import rego.v1

mask := {
	"/input/attributes/request/http/headers/authorization",
	"/input/attributes/request/http/headers/cookie",
	"/input/attributes/request/http/body",
	"/input/attributes/request/http/raw_body",
	"/input/parsed_body",
}
