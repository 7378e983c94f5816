"""Bridges to other tools; each is imported for itself and needs its extra."""
