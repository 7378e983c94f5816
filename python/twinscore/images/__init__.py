"""Where images lie, and how one is read as a person sees it."""
