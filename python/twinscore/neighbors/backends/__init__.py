"""The ways to search, one module a library."""
