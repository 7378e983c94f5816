"""Objects in images: annotations of any common format, as one kind of record."""
