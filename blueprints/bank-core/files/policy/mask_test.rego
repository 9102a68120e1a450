package system.log_test

import data.system.log
import rego.v1

struck(transfer) := {rule.path: rule.value |
	some rule in log.mask with input as {"input": {"transfer": transfer}}
	is_object(rule)
}

test_the_middle_of_account_numbers_is_struck_out if {
	struck({"from": "6222020000000000123", "to": "4111111111111111"}) == {
		"/input/transfer/from": "622202******0123",
		"/input/transfer/to": "411111******1111",
	}
}

test_what_is_no_account_number_is_struck_out_whole if {
	every number in ["4111-1111-1111-1111", 4111111111111111, "", "1234"] {
		struck({"from": number}) == {"/input/transfer/from": "******"}
	}
}

test_card_numbers_in_the_purpose_are_struck_out if {
	struck({"purpose": "to card 6222020000000000123, thanks"}) == {"/input/transfer/purpose": "to card ******, thanks"}
	struck({"purpose": "invoice 4711"}) == {}
}

test_tokens_always_go if {
	{"/input/token", "/input/approval/token"} & log.mask == {"/input/token", "/input/approval/token"} with input as {"input": {}}
}
