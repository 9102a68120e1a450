# Decides on a transaction. The rule engine asks, and no other may:
#
#   {"transaction": {"id": "…", "amountFen": 12345, "currency": "CNY"}, "user": {"id": "…", "riskLevel": "low"}}
#
# `riskLevel` is what the risk assessment found, not what a caller says of himself.
# Amounts are whole numbers of fen: floating point cannot hold money.
package risk.control

import rego.v1

# 10,000 yuan: below, a user of low risk needs no second look.
small_fen := 1000000

# 100,000 yuan: above, a user of high risk is refused.
large_fen := 10000000

levels := {"low", "medium", "high"}

# What the rule engine reads: one of allow, review and deny, and why.
decision := {"outcome": outcome, "reasons": reasons}

# Whatever no rule settles, a person settles.
default outcome := "review"

outcome := "deny" if count(deny) > 0

outcome := "allow" if {
	count(deny) == 0
	is_small
	input.user.riskLevel == "low"
}

reasons := deny if outcome == "deny"

reasons := review if outcome == "review"

reasons := set() if outcome == "allow"

deny contains "amount is above 100,000 yuan and the user's risk is high" if {
	is_large
	input.user.riskLevel == "high"
}

deny contains "amount is not a positive whole number of fen in CNY" if not is_sound_amount

review contains "amount is 10,000 yuan or more" if {
	is_sound_amount
	not is_small
}

review contains "the user's risk is not low" if {
	input.user.riskLevel in levels
	input.user.riskLevel != "low"
}

review contains "the user's risk is not known" if not is_known_level

is_known_level if input.user.riskLevel in levels

is_sound_amount if {
	is_number(input.transaction.amountFen)
	floor(input.transaction.amountFen) == input.transaction.amountFen
	input.transaction.amountFen > 0
	input.transaction.currency == "CNY"
}

is_small if {
	is_sound_amount
	input.transaction.amountFen < small_fen
}

is_large if {
	is_sound_amount
	input.transaction.amountFen > large_fen
}
