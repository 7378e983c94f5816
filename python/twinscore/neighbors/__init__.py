"""Neighbor search: who is near whom. Backends know distances and ids, never labels."""

from twinscore.neighbors.search import knn, self_knn

__all__ = ["knn", "self_knn"]
