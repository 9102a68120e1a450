package payment.authz_test

import data.payment.authz
import rego.v1

keys := {"issuer": "https://id.example.com", "jwks": {"keys": []}}

request := {
	"method": "POST",
	"path": "/api/payment",
	"token": "good",
	"payment": {"amountFen": 12345, "currency": "CNY"},
}

# Stands in for the signature check, which needs a private key to be tested for real.
verify(token, constraints) := [true, {}, {"roles": ["customer"]}] if {
	token == "good"
	constraints.aud == "payment-gateway"
	constraints.iss == keys.issuer
	constraints.alg == "ES256"
}

verify("merchant", _) := [true, {}, {"roles": ["merchant"]}]

verify("forged", _) := [false, {}, {}]

decide(patch) := decision if {
	decision := authz.decision with input as object.union(request, patch)
		with data.keys as keys
		with io.jwt.decode_verify as verify
}

test_a_customers_payment_is_allowed if {
	decide({}) == {"allow": true, "reasons": set()}
}

test_the_limit_itself_is_allowed if {
	decide({"payment": {"amountFen": 1000000}}).allow
}

test_one_fen_above_the_limit_is_refused if {
	decide({"payment": {"amountFen": 1000001}}) == {"allow": false, "reasons": {"amount is above the limit of one payment"}}
}

test_amounts_are_positive_whole_numbers if {
	every amount in [0, -1, 0.5, 12345.67, "12345", null, true, [1]] {
		decision := decide({"payment": {"amountFen": amount}})
		not decision.allow
		"amount is not a positive whole number of fen in CNY" in decision.reasons
	}
}

test_another_currency_is_refused if {
	not decide({"payment": {"currency": "USD"}}).allow
}

test_other_methods_and_paths_are_refused if {
	every patch in [{"method": "PUT"}, {"path": "/api/payment/1"}, {"path": "/api/refund"}] {
		decide(patch) == {"allow": false, "reasons": {"not a payment request"}}
	}
}

test_another_role_is_refused if {
	decide({"token": "merchant"}) == {"allow": false, "reasons": {"not a customer with a valid token"}}
}

test_a_forged_token_is_refused if {
	not decide({"token": "forged"}).allow
}

test_a_role_in_the_body_proves_nothing if {
	not decide({"token": "forged", "user": {"role": "customer"}}).allow
}

test_a_token_that_is_none_is_refused if {
	decision := authz.decision with input as request with data.keys as keys

	decision == {"allow": false, "reasons": {"not a customer with a valid token"}}
}

test_an_empty_request_is_refused_with_every_reason if {
	decision := authz.decision with input as {} with data.keys as keys

	not decision.allow
	count(decision.reasons) == 3
}

test_without_the_issuers_keys_nothing_is_allowed if {
	decision := authz.decision with input as request

	not decision.allow
}
