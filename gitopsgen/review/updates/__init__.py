"""What the API server refuses of an update, one file a rule: the state itself may be right."""
