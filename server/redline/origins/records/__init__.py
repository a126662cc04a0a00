"""Authorship records and identities: git-ai notes, Agent Trace, trailers, Entire."""
