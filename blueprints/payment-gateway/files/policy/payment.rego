# Decides on a payment. The gateway asks with the request as it came:
#
#   {"method": "POST", "path": "/api/payment", "token": "<JWT>", "payment": {"amountFen": 12345, "currency": "CNY"}}
#
# Amounts are whole numbers of fen: floating point cannot hold money.
package payment.authz

import rego.v1

limit_fen := 1000000 # 10,000 yuan

# What the gateway reads: whether to go on, and if not, every reason.
decision := {"allow": allow, "reasons": reasons}

default allow := false

# Each part must hold by itself; what is missing from a request can never allow it.
allow if {
	is_payment_request
	is_customer
	is_sound_amount
	is_within_limit
}

reasons contains "not a payment request" if not is_payment_request

reasons contains "not a customer with a valid token" if not is_customer

reasons contains "amount is not a positive whole number of fen in CNY" if not is_sound_amount

reasons contains "amount is above the limit of one payment" if {
	is_sound_amount
	not is_within_limit
}

is_payment_request if {
	input.method == "POST"
	input.path == "/api/payment"
}

# The role stands in the token, which the issuer signed; what a body says of its sender proves nothing.
is_customer if "customer" in claims.roles

claims := payload if {
	[is_valid, _, payload] := io.jwt.decode_verify(input.token, {
		"cert": json.marshal(data.keys.jwks),
		"iss": data.keys.issuer,
		"aud": "payment-gateway",
		"alg": "ES256",
	})
	is_valid
}

is_sound_amount if {
	is_number(input.payment.amountFen)
	floor(input.payment.amountFen) == input.payment.amountFen
	input.payment.amountFen > 0
	input.payment.currency == "CNY"
}

is_within_limit if input.payment.amountFen <= limit_fen
