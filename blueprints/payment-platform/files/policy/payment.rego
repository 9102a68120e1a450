# Decides on a request to the payment service, asked by the proxy before it (Envoy's external authorization):
#
#   {"attributes": {"request": {"http": {"method": "POST", "headers": {"authorization": "Bearer <JWT>"}}}},
#    "parsed_path": ["v1", "payments"]}
#
# Who asks stands in the token, which the issuer signed; what a body says of its sender proves nothing.
package payment.authz

import rego.v1

default allow := false

# An administrator creates payments.
allow if {
	operation == "create_payment"
	"admin" in claims.roles
}

# A user views payments of their own.
allow if {
	operation == "view_payment"
	"user" in claims.roles
	claims.sub == owner
}

operation := "create_payment" if {
	request.method == "POST"
	input.parsed_path == ["v1", "payments"]
}

operation := "view_payment" if {
	request.method == "GET"
	owner
}

# /v1/users/<owner>/payments, and /v1/users/<owner>/payments/<number>; the service looks only among the owner's payments.
owner := user if {
	["v1", "users", user, "payments"] = array.slice(input.parsed_path, 0, 4)
	count(input.parsed_path) <= 5
	user != ""
}

claims := payload if {
	[is_valid, _, payload] := io.jwt.decode_verify(token, {
		"cert": json.marshal(data.keys.jwks),
		"iss": data.keys.issuer,
		"aud": "payment-platform",
		"alg": "ES256",
	})
	is_valid
}

token := trim_prefix(request.headers.authorization, "Bearer ") if startswith(request.headers.authorization, "Bearer ")

request := input.attributes.request.http
