"""Rules on images and secrets."""
