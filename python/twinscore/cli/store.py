"""placeholder"""

import click


@click.group()
def store() -> None:
    """X."""
