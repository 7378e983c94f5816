"""A plan: which images to render next, how many, and what each step is expected to gain."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from twinscore.base.durable import write_text
from twinscore.base.json_values import json_value
from twinscore.scoring.result_files import naming_target

if TYPE_CHECKING:
    import os

PLAN_FILE = "plan.csv"
PLAN_PAGE = "plan.html"

Things = Literal["images", "objects"]
Kind = Literal["edge case", "pair", "cell", "photograph"]

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What spreadsheets take for the beginning of a formula."""


@dataclass(frozen=True, slots=True)
class Step:
    """Images to render of one kind.

    Attributes
    ----------
    kind
        Why: an edge case or a pair of values is missing, a cell is short of images, or no render
        comes near a photograph.
    name
        Of the case, pair, cell or photograph.
    values
        The value of each condition to render, in the order of the domain; none without a domain,
        or for a photograph that lies outside of it.
    where
        What else an edge case asks for.
    renders
        How many.
    photograph
        A real image to render like: the one to come near, or one that shows the values.
    row
        Its row in the pool.
    gain
        What the step adds to the figure named by `gain_in`, as a share.
    gain_in
        "edge case", "pairs", "match" or "covered now".
    """

    kind: Kind
    name: str
    values: tuple[str, ...]
    where: str
    renders: int
    photograph: str | None
    row: int | None
    gain: float
    gain_in: str


@dataclass(frozen=True, slots=True)
class Expectation:
    """A figure as it is, and as it will be if renders turn out as planned.

    Attributes
    ----------
    name
        "match", "pairs" or "covered now".
    now, then
        Shares.
    """

    name: str
    now: float
    then: float


@dataclass(frozen=True, slots=True)
class Plan:
    """What to render next, the most urgent first.

    Attributes
    ----------
    conditions
        Names of the conditions that the values of steps belong to.
    steps
        In the order in which they are worth rendering.
    expected
        What the whole plan changes.
    images
        Renders asked for; those of the steps sum to no more.
    things
        What is to be rendered: "images", or "objects" in them.
    """

    conditions: tuple[str, ...]
    steps: tuple[Step, ...]
    expected: tuple[Expectation, ...]
    images: int
    things: Things = "images"

    @property
    def renders(self) -> int:
        """Renders of all steps."""
        return sum(step.renders for step in self.steps)

    def to_dict(self) -> dict[str, Any]:
        """Return the plan as JSON types."""
        return {
            "things": self.things,
            "images": self.images,
            "renders": self.renders,
            "conditions": list(self.conditions),
            "expected": json_value(self.expected),
            "steps": json_value(self.steps),
        }

    def to_json(self) -> str:
        """Return the text of the plan as JSON."""
        return json.dumps(self.to_dict(), indent=2, ensure_ascii=False, allow_nan=False) + "\n"

    def to_csv(self) -> str:
        """Return the text of `plan.csv`.

        A text that a spreadsheet would take for a formula begins with an apostrophe.
        """
        written = io.StringIO()
        rows = csv.writer(written)
        columns = [_spreadsheet_text(name) for name in self.conditions]
        rows.writerow(
            ["step", "kind", "name", *columns, "where", "renders", "photograph", "gain", "gain_in"]
        )
        for number, step in enumerate(self.steps, start=1):
            values = step.values or ("",) * len(self.conditions)
            texts = (step.name, *values, step.where)
            rows.writerow(
                [
                    number,
                    step.kind,
                    *map(_spreadsheet_text, texts),
                    step.renders,
                    _spreadsheet_text(step.photograph or ""),
                    f"{step.gain:.6g}",
                    step.gain_in,
                ]
            )
        return written.getvalue()

    def save(self, directory: str | os.PathLike[str], *, overwrite: bool = False) -> None:
        """Write `plan.csv`.

        Parameters
        ----------
        directory
            Made if it does not exist.
        overwrite
            Replace an older plan.

        Raises
        ------
        FileExistsError
            There is a plan and `overwrite` is not set.
        OSError
            The directory cannot be written.
        """
        check_no_plan(directory, overwrite=overwrite)
        folder = Path(directory)
        with naming_target(folder):
            folder.mkdir(parents=True, exist_ok=True)
            write_text(folder / PLAN_FILE, self.to_csv())
            # A page that is left would speak of the plan that was replaced.
            (folder / PLAN_PAGE).unlink(missing_ok=True)


def check_no_plan(directory: str | os.PathLike[str], *, overwrite: bool) -> None:
    """Refuse a folder that holds a plan already, before hours are spent on another.

    Raises
    ------
    FileExistsError
        There is one and `overwrite` is not set.
    """
    if (Path(directory) / PLAN_FILE).exists() and not overwrite:
        raise FileExistsError(
            f"{directory} already holds a plan: choose another folder, or replace the plan "
            "with overwrite (--overwrite)"
        )


def _spreadsheet_text(text: str) -> str:
    # What no encoding holds, such as bytes of a file's name that are no text, shows as an escape.
    encodable = text.encode("utf-8", "backslashreplace").decode()
    return f"'{encodable}" if encodable.startswith(_FORMULA) else encodable
