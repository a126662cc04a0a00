"""Runs of fingerprints: immutable, sorted, mapped into memory; the format is in docs/formats."""
