"""What to render next, so that a synthetic set becomes what was meant and reaches what is real."""
