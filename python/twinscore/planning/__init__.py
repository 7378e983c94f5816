"""What to render next and how many, so that a set becomes what was meant, near what is real."""
