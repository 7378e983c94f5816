"""Objects and what surrounds them, each scored by itself."""
