"""Checks that give what we generate to the programs that will really read it."""
