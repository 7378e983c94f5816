"""What is decoded, cell by cell, against decoders of others: the matrix behind docs/decoding.md."""
