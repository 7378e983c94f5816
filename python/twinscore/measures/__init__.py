"""One module a number: takes pool, graphs and settings, may search, gives a frozen record."""
