# What must not stand in the decision log: tokens not at all, account and card numbers in part
# (PCI DSS 3.4.1: at most the first six and the last four digits).
package system.log

import rego.v1

mask contains "/input/token"

mask contains "/input/approval/token"

mask contains {"op": "upsert", "path": path, "value": partly(number)} if {
	some side in ["from", "to"]
	number := input.input.transfer[side]
	path := sprintf("/input/transfer/%s", [side])
}

# A free text may quote a card number too.
mask contains {"op": "upsert", "path": "/input/transfer/purpose", "value": struck} if {
	purpose := input.input.transfer.purpose
	is_string(purpose)
	struck := regex.replace(purpose, `[0-9]{13,19}`, "******")
	struck != purpose
}

partly(number) := concat("", [substring(number, 0, 6), "******", substring(number, count(number) - 4, 4)]) if {
	is_card_number(number)
}

partly(number) := "******" if not is_card_number(number)

is_card_number(number) if {
	is_string(number)
	regex.match(`^[0-9]{13,19}$`, number)
}
