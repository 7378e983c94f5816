"""Embeddings in files: arrays, and columns of tables."""
