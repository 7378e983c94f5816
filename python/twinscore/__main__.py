"""python -m twinscore: the command line."""

from twinscore.cli import main

main()
