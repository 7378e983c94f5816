"""Bridges to other frameworks; each needs an extra of its own."""
