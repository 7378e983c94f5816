"""The pool laid out in two dimensions."""
