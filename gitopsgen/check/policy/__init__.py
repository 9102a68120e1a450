"""Rules about what policies say: those of a cluster, and those of whoever asks."""
