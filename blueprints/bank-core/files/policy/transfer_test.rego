package core.authz_test

import data.core.authz
import rego.v1

keys := {"issuer": "https://id.example.com", "jwks": {"keys": []}}

small := {
	"action": "transfer",
	"transfer": {"id": "T-1", "amount": 100000000, "currency": "CNY", "from": "A", "to": "B"},
	"token": "teller",
	"audit": {"enabled": true, "record": "A-1"},
}

large := object.union(small, {"transfer": {"amount": 100000001}, "approval": {"token": "approver"}})

approved := {"id": "T-1", "amount": 100000001, "from": "A", "to": "B"}

people := {
	"teller": {"employee": "1001", "roles": ["teller"]},
	"clerk": {"employee": "1002", "roles": ["clerk"]},
	"nobody": {"roles": ["teller"]},
	"both": {"employee": "1003", "roles": ["teller", "approver"]},
}

approvers := {
	"approver": {"employee": "2001", "roles": ["approver"], "transfer": approved},
	"myself": {"employee": "1001", "roles": ["approver"], "transfer": approved},
	"clerk": {"employee": "2002", "roles": ["clerk"], "transfer": approved},
	"nobody": {"roles": ["approver"], "transfer": approved},
	"blank": {"employee": "2001", "roles": ["approver"]},
	"number": {"employee": "2001", "roles": ["approver"], "transfer": object.union(approved, {"id": "T-2"})},
	"amount": {"employee": "2001", "roles": ["approver"], "transfer": object.union(approved, {"amount": 1})},
	"payer": {"employee": "2001", "roles": ["approver"], "transfer": object.union(approved, {"from": "C"})},
	"payee": {"employee": "2001", "roles": ["approver"], "transfer": object.union(approved, {"to": "C"})},
}

# Stands in for the signature check, which needs a private key to be tested for real: a token names its claims, and
# one for the other purpose is as good as none.
verify(token, constraints) := [true, {}, people[token]] if {
	constraints.aud == "bank-core"
	constraints.iss == keys.issuer
	constraints.alg == "ES256"
}

verify(token, constraints) := [true, {}, approvers[token]] if {
	constraints.aud == "bank-core-approval"
	constraints.iss == keys.issuer
	constraints.alg == "ES256"
}

verify("forged", _) := [false, {}, {}]

decide(request) := decision if {
	decision := authz.decision with input as request
		with data.keys as keys
		with io.jwt.decode_verify as verify
}

test_a_teller_moves_up_to_the_limit_alone if {
	decide(small) == {"allow": true, "needs_approval": false, "reasons": set()}
}

test_above_the_limit_one_person_is_not_enough if {
	decide(object.union(small, {"transfer": {"amount": 100000001}})) == {
		"allow": false,
		"needs_approval": true,
		"reasons": {"approver has no valid token with the role approver"},
	}
}

test_above_the_limit_a_second_person_approves if {
	decide(large) == {"allow": true, "needs_approval": true, "reasons": set()}
}

test_nobody_approves_an_own_transfer if {
	decide(object.union(large, {"approval": {"token": "myself"}})) == {
		"allow": false,
		"needs_approval": true,
		"reasons": {"initiator and approver are one person"},
	}
}

test_saying_that_approval_is_required_or_given_proves_nothing if {
	every approval in [{"required": true}, {"granted": true}, {"token": ""}, {"token": "forged"}, {"token": null}] {
		request := object.union(object.remove(large, ["approval"]), {"approval": approval})
		not decide(request).allow
	}
}

test_an_approval_is_for_one_transfer if {
	every token in ["number", "amount", "payer", "payee", "blank"] {
		decide(object.union(large, {"approval": {"token": token}})) == {
			"allow": false,
			"needs_approval": true,
			"reasons": {"approval is for another transfer"},
		}
	}
}

test_who_is_no_approver_cannot_approve if {
	every token in ["clerk", "nobody"] {
		decide(object.union(large, {"approval": {"token": token}})).reasons == {"approver has no valid token with the role approver"}
	}
}

test_a_token_of_the_initiator_is_no_approval if {
	not decide(object.union(large, {"approval": {"token": "both"}})).allow
}

test_who_is_no_teller_cannot_begin if {
	every token in ["clerk", "nobody", "forged", ""] {
		decision := decide(object.union(small, {"token": token}))
		decision == {"allow": false, "needs_approval": false, "reasons": {"initiator has no valid token with the role teller"}}
	}
}

test_a_role_in_the_body_proves_nothing if {
	not decide(object.union(small, {"token": "forged", "user": {"role": "authorized"}})).allow
}

test_without_an_initiator_there_are_no_two_persons if {
	not decide(object.union(large, {"token": "nobody"})).allow
}

test_without_an_audit_record_nothing_moves if {
	every audit in [{"enabled": false, "record": "A-1"}, {"enabled": "true", "record": "A-1"}, {"enabled": true, "record": ""}, {"enabled": true, "record": null}] {
		decide(object.union(small, {"audit": audit})).reasons == {"no audit record"}
	}
}

test_amounts_are_positive_whole_numbers if {
	every amount in [0, -1, 0.5, 12345.67, "12345", null, true, [1]] {
		decision := decide(object.union(small, {"transfer": {"amount": amount}}))
		not decision.allow
		"amount is not a positive whole number of fen in CNY" in decision.reasons
	}
}

test_what_is_not_known_to_be_small_needs_approval if {
	decide(object.union(small, {"transfer": {"amount": "1"}})).needs_approval
	decide({}).needs_approval
}

test_another_currency_is_refused if {
	not decide(object.union(small, {"transfer": {"currency": "USD"}})).allow
}

test_another_action_is_refused if {
	every patch in [{"action": "refund"}, {"transfer": {"id": ""}}, {"transfer": {"id": 1}}] {
		decide(object.union(small, patch)).reasons == {"not a transfer"}
	}
}

test_an_empty_request_is_refused_with_every_reason if {
	decision := authz.decision with input as {} with data.keys as keys

	not decision.allow
	count(decision.reasons) == 5
}

test_without_the_issuers_keys_nothing_is_allowed if {
	decision := authz.decision with input as small

	not decision.allow
}
