"""Both sides as one pool, its neighbor graph, and the formulas on one graph: pure, no search."""
