# Decides on a transfer. The service asks with what it knows, and with the tokens of those who act:
#
#   {
#     "action": "transfer",
#     "transfer": {"id": "T-1", "amount": 250000000, "currency": "CNY", "from": "6222…", "to": "6217…"},
#     "token": "<JWT of the initiator>",
#     "audit": {"enabled": true, "record": "A-1"},
#     "approval": {"token": "<JWT of the approver>"}
#   }
#
# Amounts are whole numbers of fen: floating point cannot hold money.
# Four eyes: above the limit a second person has approved this very transfer, and the approval is a token that the
# identity provider signed over its number and amount. That approval is needed proves nothing; that it was given does.
package core.authz

import rego.v1

limit_fen := 100000000 # 1,000,000 yuan

# What the service reads: whether to go on, and if not, every reason.
decision := {"allow": allow, "needs_approval": needs_approval, "reasons": reasons}

default allow := false

# Each part must hold by itself; what is missing from a request can never allow it.
allow if {
	is_transfer
	is_sound_amount
	is_audited
	is_initiator
	is_approved
}

default needs_approval := true

# Only what is known to be within the limit needs no second person.
needs_approval := false if is_within_limit

reasons contains "not a transfer" if not is_transfer

reasons contains "amount is not a positive whole number of fen in CNY" if not is_sound_amount

reasons contains "no audit record" if not is_audited

reasons contains "initiator has no valid token with the role teller" if not is_initiator

reasons contains "approver has no valid token with the role approver" if {
	needs_approval
	not is_approver
}

reasons contains "approval is for another transfer" if {
	needs_approval
	is_approver
	not is_of_this_transfer
}

reasons contains "initiator and approver are one person" if {
	needs_approval
	is_approver
	not are_two_persons
}

is_transfer if {
	input.action == "transfer"
	is_string(input.transfer.id)
	input.transfer.id != ""
}

is_sound_amount if {
	is_number(input.transfer.amount)
	floor(input.transfer.amount) == input.transfer.amount
	input.transfer.amount > 0
	input.transfer.currency == "CNY"
}

is_within_limit if {
	is_sound_amount
	input.transfer.amount <= limit_fen
}

is_audited if {
	input.audit.enabled == true
	is_string(input.audit.record)
	input.audit.record != ""
}

# Roles stand in tokens, which the issuer signed; what a body says of its sender proves nothing.
is_initiator if {
	"teller" in initiator.roles
	is_person(initiator)
}

is_approved if is_within_limit

is_approved if {
	is_approver
	is_of_this_transfer
	are_two_persons
}

is_approver if {
	"approver" in approver.roles
	is_person(approver)
}

is_of_this_transfer if {
	approver.transfer.id == input.transfer.id
	approver.transfer.amount == input.transfer.amount
	approver.transfer.from == input.transfer.from
	approver.transfer.to == input.transfer.to
}

# By the number of the employee: one person may have two accounts.
are_two_persons if {
	is_person(initiator)
	approver.employee != initiator.employee
}

is_person(claims) if {
	is_string(claims.employee)
	claims.employee != ""
}

initiator := claims(input.token, "bank-core")

approver := claims(input.approval.token, "bank-core-approval")

claims(token, audience) := payload if {
	[is_valid, _, payload] := io.jwt.decode_verify(token, {
		"cert": json.marshal(data.keys.jwks),
		"iss": data.keys.issuer,
		"aud": audience,
		"alg": "ES256",
	})
	is_valid
}
