"""Views of an image with its objects: each object, what surrounds them, and the whole."""
