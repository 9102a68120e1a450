# Decides on an order. The service {{ cookiecutter.name }} asks with the request as it came:
#
#   {"method": "POST", "path": "/orders", "token": "<JWT>", "order": {"amountFen": 12345}}
#
# Amounts are whole numbers of fen: floating point cannot hold money.
package {{ cookiecutter.__package }}.authz

import rego.v1

limit_fen := 1000000 # 10,000 yuan

# What the service reads: whether to go on, and if not, every reason.
decision := {"allow": allow, "reasons": reasons}

default allow := false

# Each part must hold by itself; what is missing from a request can never allow it.
allow if {
	is_order
	is_customer
	is_sound_amount
}

reasons contains "not an order" if not is_order

reasons contains "not a customer with a valid token" if not is_customer

reasons contains "amount is not a whole number of fen from 1 to the limit" if not is_sound_amount

is_order if {
	input.method == "POST"
	input.path == "/orders"
}

# The role stands in the token, which the issuer signed; what a body says of its sender proves nothing.
is_customer if "customer" in claims.roles

claims := payload if {
	[is_valid, _, payload] := io.jwt.decode_verify(input.token, {
		"cert": json.marshal(data.keys.jwks),
		"iss": data.keys.issuer,
		"aud": "{{ cookiecutter.issuer_audience }}",
		"alg": "ES256",
	})
	is_valid
}

is_sound_amount if {
	is_number(input.order.amountFen)
	floor(input.order.amountFen) == input.order.amountFen
	input.order.amountFen > 0
	input.order.amountFen <= limit_fen
}
