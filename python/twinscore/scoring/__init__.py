"""One run: settings in, result out; the result, its files, its words."""
