package {{ cookiecutter.__package }}.authz_test

import data.{{ cookiecutter.__package }}.authz
import rego.v1

keys := {"issuer": "https://id.example.com", "jwks": {"keys": []}}

request := {
	"method": "POST",
	"path": "/orders",
	"token": "good",
	"order": {"amountFen": 12345},
}

# Stands in for the signature check, which needs a private key to be tested for real.
verify(token, constraints) := [true, {}, {"roles": ["customer"]}] if {
	token == "good"
	constraints.aud == "{{ cookiecutter.issuer_audience }}"
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

test_a_customers_order_is_allowed if {
	decide({}) == {"allow": true, "reasons": set()}
}

test_the_limit_itself_is_allowed if {
	decide({"order": {"amountFen": 1000000}}).allow
}

test_amounts_are_whole_and_within_the_limit if {
	every amount in [0, -1, 0.5, 1000001, "12345", null, true, [1]] {
		not decide({"order": {"amountFen": amount}}).allow
	}
}

test_other_methods_and_paths_are_refused if {
	every patch in [{"method": "PUT"}, {"path": "/orders/1"}] {
		decide(patch) == {"allow": false, "reasons": {"not an order"}}
	}
}

test_another_role_is_refused if {
	decide({"token": "merchant"}) == {"allow": false, "reasons": {"not a customer with a valid token"}}
}

test_a_forged_token_is_refused if {
	not decide({"token": "forged"}).allow
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
