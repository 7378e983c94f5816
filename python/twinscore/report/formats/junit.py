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

SUITE = "twinscore"


def junit_text(result: Estimate, *, minimum: float | None = None) -> str:
    """Write a suite of tests: the score, which fails below a minimum, and each slice.

    A slice fails where it scores lower than the rest by more than chance; cautions are what the
    suite says on its error channel.

    Parameters
    ----------
    result
        Of all images, or of a sample of them.
    minimum
        Least score that passes; None where any does.
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
    ElementTree.SubElement(suite, "system-out").text = brief_line(result)
    if result.warnings:
        said = "\n".join(map(printable, result.warnings))
        ElementTree.SubElement(suite, "system-err").text = said
    suite.set("tests", str(len(suite.findall("testcase"))))
    suite.set("failures", str(len(suite.findall("testcase/failure"))))
    suite.set("time", seconds)
    ElementTree.indent(suite)
    declared = '<?xml version="1.0" encoding="UTF-8"?>\n'
    return declared + ElementTree.tostring(suite, encoding="unicode") + "\n"


def _case(suite: ElementTree.Element, subject: str, name: str, seconds: str) -> ElementTree.Element:
    return ElementTree.SubElement(
        suite, "testcase", classname=f"{SUITE}.{subject}", name=name, time=seconds
    )


def _fail(case: ElementTree.Element, message: str) -> None:
    ElementTree.SubElement(case, "failure", message=message, type="score").text = message
