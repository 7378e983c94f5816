"""Neighbor backends on given embeddings: time, memory, recall, and what they do to the score."""
