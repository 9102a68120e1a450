"""Rules on objects that name each other."""
