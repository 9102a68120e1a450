# What must not stand in the decision log: tokens and card security codes not at all, card numbers in part
# (PCI DSS 3.4.1: at most the first six and the last four digits), names and identity documents not at all.
package system.log

import rego.v1

mask contains "/input/token"

mask contains "/input/transaction/card/securityCode"

mask contains "/input/user/name"

mask contains "/input/user/identityNumber"

mask contains {"op": "upsert", "path": "/input/transaction/card/number", "value": masked} if {
	number := input.input.transaction.card.number
	masked := partly(number)
}

partly(number) := concat("", [substring(number, 0, 6), "******", substring(number, count(number) - 4, 4)]) if is_card_number(number)

partly(number) := "******" if not is_card_number(number)

is_card_number(number) if {
	is_string(number)
	regex.match(`^[0-9]{13,19}$`, number)
}
