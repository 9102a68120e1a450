"""Rules on the mesh and on routes."""
