"""Clients of those who carry messages; each turns a chunk into a provider's requests."""
