"""Admission policies that stand among the manifests, and what they say of the other manifests of their cluster."""
