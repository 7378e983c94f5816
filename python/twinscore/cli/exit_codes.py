"""What the program ends with; the page of the command line lists them for scripts."""

from __future__ import annotations

EXIT_ERROR = 1
EXIT_BELOW_MINIMUM = 3
"""Of a score below the minimum asked for, and of a twin that got worse."""

EXIT_INTERRUPTED = 130

EXIT_TERMINATED = 143
