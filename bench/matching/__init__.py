"""Redline and its peers on the same copies, in the same run: ``python -m bench.matching``."""
