"""Rules on what nodes hold."""
