"""Rules about the objects of Argo CD."""
