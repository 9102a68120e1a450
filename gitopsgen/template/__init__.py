"""Templates to manifests: parsed once, traced once for each way through, filled in for each variant."""
