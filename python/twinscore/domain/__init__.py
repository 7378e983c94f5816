"""What was meant: a declared domain of operation, and how synthetic images fit it."""
