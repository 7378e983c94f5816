"""Results as text, and the progress of work."""
