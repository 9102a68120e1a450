package risk.control_test

import data.risk.control
import rego.v1

decide(fen, level) := decision if {
	decision := control.decision with input as {
		"transaction": {"id": "t1", "amountFen": fen, "currency": "CNY"},
		"user": {"id": "u1", "riskLevel": level},
	}
}

test_a_small_amount_of_a_user_of_low_risk_is_allowed if {
	every fen in [1, 12345, 999999] {
		decide(fen, "low") == {"outcome": "allow", "reasons": set()}
	}
}

test_the_lower_bound_itself_is_reviewed if {
	decide(1000000, "low") == {"outcome": "review", "reasons": {"amount is 10,000 yuan or more"}}
}

test_a_large_amount_of_a_user_of_high_risk_is_denied if {
	decide(10000001, "high") == {"outcome": "deny", "reasons": {"amount is above 100,000 yuan and the user's risk is high"}}
}

test_the_upper_bound_itself_is_reviewed if {
	decide(10000000, "high").outcome == "review"
}

test_amounts_between_the_bounds_are_reviewed_whatever_the_risk if {
	every fen in [1000000, 5000000, 10000000] {
		every level in ["low", "medium", "high"] {
			decide(fen, level).outcome == "review"
		}
	}
}

test_a_large_amount_of_a_user_of_lower_risk_is_reviewed if {
	every level in ["low", "medium"] {
		decide(10000001, level).outcome == "review"
	}
}

test_a_small_amount_of_a_user_of_higher_risk_is_reviewed if {
	every level in ["medium", "high"] {
		decide(999999, level) == {"outcome": "review", "reasons": {"the user's risk is not low"}}
	}
}

test_a_risk_that_is_not_known_is_reviewed if {
	every level in ["", "LOW", "none", null, 1, ["low"]] {
		decide(100, level) == {"outcome": "review", "reasons": {"the user's risk is not known"}}
	}
}

test_an_amount_that_is_none_is_denied_whatever_the_risk if {
	every fen in [0, -1, 0.5, 12345.67, "12345", null, true, [1]] {
		decide(fen, "low") == {"outcome": "deny", "reasons": {"amount is not a positive whole number of fen in CNY"}}
	}
}

test_another_currency_is_denied if {
	decision := control.decision with input as {
		"transaction": {"amountFen": 100, "currency": "USD"},
		"user": {"riskLevel": "low"},
	}

	decision.outcome == "deny"
}

test_nothing_said_is_denied if {
	decision := control.decision with input as {}

	decision.outcome == "deny"
}

test_every_decision_has_one_outcome_and_a_reason_unless_it_allows if {
	every fen in [1, 1000000, 10000001] {
		every level in ["low", "medium", "high", "?"] {
			decision := decide(fen, level)
			decision.outcome in {"allow", "review", "deny"}
			is_explained(decision)
		}
	}
}

is_explained(decision) if decision.outcome == "allow"

is_explained(decision) if count(decision.reasons) > 0
