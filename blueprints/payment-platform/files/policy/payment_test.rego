package payment.authz_test

import data.payment.authz
import rego.v1

keys := {"issuer": "https://id.example.com", "jwks": {"keys": []}}

# Stands in for the signature check, which needs a private key to be tested for real.
verify(token, constraints) := [true, {}, {"sub": "u-1", "roles": [token]}] if {
	token in {"admin", "user", "merchant"}
	constraints.aud == "payment-platform"
	constraints.iss == keys.issuer
	constraints.alg == "ES256"
}

verify("forged", _) := [false, {}, {}]

verify("nobody", _) := [true, {}, {"roles": ["user"]}]

request(method, path, authorization) := {
	"attributes": {"request": {"http": {"method": method, "headers": {"authorization": authorization}}}},
	"parsed_path": path,
}

decide(asked) if {
	authz.allow with input as asked
		with data.keys as keys
		with io.jwt.decode_verify as verify
}

create := ["v1", "payments"]

view := ["v1", "users", "u-1", "payments", "p-7"]

test_an_administrator_creates_payments if {
	decide(request("POST", create, "Bearer admin"))
}

test_others_create_none if {
	every role in ["user", "merchant", "nobody"] {
		not decide(request("POST", create, concat(" ", ["Bearer", role])))
	}
}

test_a_user_views_their_own_payments if {
	decide(request("GET", view, "Bearer user"))
	decide(request("GET", ["v1", "users", "u-1", "payments"], "Bearer user"))
}

test_a_user_does_not_view_payments_of_others if {
	every other in ["u-2", "", "U-1", "u-1/.."] {
		not decide(request("GET", ["v1", "users", other, "payments", "p-7"], "Bearer user"))
	}
}

test_an_administrator_does_not_view_payments if {
	not decide(request("GET", view, "Bearer admin"))
}

test_a_token_without_a_subject_views_nothing if {
	not decide(request("GET", view, "Bearer nobody"))
}

test_other_methods_are_refused if {
	every method in ["PUT", "DELETE", "PATCH", "HEAD", "get"] {
		not decide(request(method, view, "Bearer user"))
		not decide(request(method, create, "Bearer admin"))
	}
}

test_other_paths_are_refused if {
	every path in [[], ["v1"], ["v1", "payments", ""], ["v2", "payments"], ["v1", "users", "u-1"], array.concat(view, ["refund"])] {
		not decide(request("GET", path, "Bearer user"))
		not decide(request("POST", path, "Bearer admin"))
	}
}

test_a_forged_token_is_refused if {
	not decide(request("POST", create, "Bearer forged"))
}

test_a_token_comes_with_its_scheme if {
	every authorization in ["admin", "Basic admin", "bearer admin", ""] {
		not decide(request("POST", create, authorization))
	}
}

test_a_role_in_the_body_proves_nothing if {
	asked := object.union(request("POST", create, "Bearer forged"), {"parsed_body": {"user": {"role": "admin"}}})

	not decide(asked)
}

test_a_token_that_is_none_is_refused if {
	not authz.allow with input as request("POST", create, "Bearer admin") with data.keys as keys
}

test_an_empty_request_is_refused if {
	not authz.allow with input as {} with data.keys as keys
}

test_without_the_issuers_keys_nothing_is_allowed if {
	not authz.allow with input as request("POST", create, "Bearer admin")
}
