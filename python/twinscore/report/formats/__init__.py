"""A result as text for other programs: a line, Markdown, CSV, JUnit."""
