"""Embeddings kept: shards of rows that survive a killed run. The format is in FORMAT.md."""

from twinscore.embedding.store.description import StoreDescription, is_store, read_description
from twinscore.embedding.store.foreign import is_foreign_store, load_foreign_store
from twinscore.embedding.store.reader import load_store
from twinscore.embedding.store.writer import StoreWriter

__all__ = [
    "StoreDescription",
    "StoreWriter",
    "is_foreign_store",
    "is_store",
    "load_foreign_store",
    "load_store",
    "read_description",
]
