"""Rules on what an API server accepts: kinds, schemas, names, labels."""
