"""A result as JUnit XML, which servers of continuous integration show as tests."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree

from twinscore.base.printable import printable
from twinscore.report.figures import as_sure_as, interval_of, p_value_text
from twinscore.report.formats.brief import brief_line, sides_of
from twinscore.scoring.result import ScoreResult

if TYPE_CHECKING:
    from twinscore.scoring.estimate import Estimate
    from twinscore.scoring.views.scores import ViewScore

SUITE = "twinscore"


def junit_text(result: Estimate, *, minimum: float | None = None) -> str:
    """Write a suite of tests: the score, each slice, and each view of annotated images.

    Score and views fail below a minimum, a slice where it scores lower than the rest by more than
    chance; a view with too few pictures to score is skipped. Cautions are what the suite says on
    its error channel.

    Parameters
    ----------
    result
        Of all images, or of a sample of them.
    minimum
        Least score that passes, of the whole as of each view; None where any does.
    """
    suite = ElementTree.Element("testsuite", name=SUITE)
    properties = ElementTree.SubElement(suite, "properties")
    low, high = interval_of(result)
    for name, value in (
        ("score", result.score),
        ("interval_low", low),
        ("interval_high", high),
        ("overlap", result.overlap),
        ("n_real", result.n_real),
        ("n_synthetic", result.n_synthetic),
    ):
        ElementTree.SubElement(properties, "property", name=name, value=f"{value:.10g}")
    seconds = f"{sum(result.seconds.values()):.3f}"
    whole = _case(suite, "score", printable(sides_of(result)), seconds)
    if minimum is not None and result.score < minimum:
        _fail(whole, f"score {result.score:.4f} is below the minimum of {minimum:g}")
    for part in result.slices if isinstance(result, ScoreResult) else ():
        case = _case(suite, f"slice.{printable(part.column)}", printable(part.value), "0")
        if part.worse:
            shown = as_sure_as(part.score, part.interval)
            corrected = p_value_text(part.adjusted_p_value)
            _fail(case, f"score {shown} is worse than the rest ({corrected}, corrected)")
    if isinstance(result, ScoreResult) and result.views is not None:
        for row in result.views.table:
            _view(suite, row, minimum)
    ElementTree.SubElement(suite, "system-out").text = brief_line(result)
    if result.warnings:
        said = "\n".join(map(printable, result.warnings))
        ElementTree.SubElement(suite, "system-err").text = said
    suite.set("tests", str(len(suite.findall("testcase"))))
    suite.set("failures", str(len(suite.findall("testcase/failure"))))
    suite.set("skipped", str(len(suite.findall("testcase/skipped"))))
    suite.set("time", seconds)
    ElementTree.indent(suite)
    declared = '<?xml version="1.0" encoding="UTF-8"?>\n'
    return declared + ElementTree.tostring(suite, encoding="unicode") + "\n"


def _view(suite: ElementTree.Element, row: ViewScore, minimum: float | None) -> None:
    """Add a test for a view, or for the items of a class."""
    subject = f"view.{row.view}"
    case = _case(suite, subject, printable(row.class_name or "all"), "0")
    if row.score is None:
        ElementTree.SubElement(case, "skipped", message=row.standing.value)
    elif minimum is not None and row.score < minimum:
        _fail(case, f"score {row.score:.4f} is below the minimum of {minimum:g}")


def _case(suite: ElementTree.Element, subject: str, name: str, seconds: str) -> ElementTree.Element:
    return ElementTree.SubElement(
        suite, "testcase", classname=f"{SUITE}.{subject}", name=name, time=seconds
    )


def _fail(case: ElementTree.Element, message: str) -> None:
    ElementTree.SubElement(case, "failure", message=message, type="score").text = message
