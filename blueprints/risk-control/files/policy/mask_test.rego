package system.log_test

import data.system.log
import rego.v1

rules(number) := {rule |
	some rule in log.mask with input as {"input": {"transaction": {"card": {"number": number}}}}
	is_object(rule)
}

masked(number) := value if {
	some rule in rules(number)
	rule.path == "/input/transaction/card/number"
	value := rule.value
}

test_the_middle_of_a_card_number_is_struck_out if {
	masked("6222020000000000000") == "622202******0000"
}

test_what_is_no_card_number_is_struck_out_whole if {
	every number in ["6222-0200-0000-0000", "", 6222020000000000000, null, "62220200000000000000000"] {
		masked(number) == "******"
	}
}

test_a_number_has_one_mask if {
	count(rules("4111111111111111")) == 1
}

test_secrets_and_what_names_a_person_always_go if {
	always := {"/input/token", "/input/transaction/card/securityCode", "/input/user/name", "/input/user/identityNumber"}

	always == {path | some path in log.mask with input as {"input": {}}}
}
