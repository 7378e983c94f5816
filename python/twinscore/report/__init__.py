"""Results for people: terminal today, pictures and pages beside it."""
