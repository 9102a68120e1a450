package system.log_test

import data.system.log
import rego.v1

number_rules(number) := {rule |
	some rule in log.mask with input as {"input": {"payment": {"card": {"number": number}}}}
	is_object(rule)
}

masked(number) := value if {
	some rule in number_rules(number)
	rule.path == "/input/payment/card/number"
	value := rule.value
}

test_the_middle_of_a_card_number_is_struck_out if {
	masked("4111111111111111") == "411111******1111"
}

test_what_is_no_card_number_is_struck_out_whole if {
	masked("4111-1111-1111-1111") == "******"
	masked(4111111111111111) == "******"
	masked("") == "******"
}

test_a_number_has_one_mask if {
	count(number_rules("6222020000000000000")) == 1
}

test_token_and_security_code_always_go if {
	{"/input/token", "/input/payment/card/securityCode"} & log.mask == {"/input/token", "/input/payment/card/securityCode"} with input as {"input": {}}
}
