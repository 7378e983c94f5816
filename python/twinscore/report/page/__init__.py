"""Results as pages: one file each, which opens offline."""
