# What must not stand in the decision log: tokens.
package system.log

import rego.v1

mask contains "/input/token"
