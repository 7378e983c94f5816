"""The pages in a real browser: what people see, point at and click."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image

from twinscore.comparison import Comparison, MovedImage
from twinscore.report.page.comparison_page import write_comparison
from twinscore.report.page.document import render_page, write_page
from twinscore.report.page.explanation_sections import (
    FixFirst,
    ShownPair,
    ShownRepair,
    encoded,
)
from twinscore.report.page.history_page import runs_of, write_history
from twinscore.scoring.saved_result import load_result

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

    import twinscore as ts

sync_api = pytest.importorskip("playwright.sync_api", reason="needs the package playwright")
CHROMIUM = os.environ.get("TWINSCORE_CHROMIUM") or shutil.which("chromium")
pytestmark = pytest.mark.skipif(
    CHROMIUM is None, reason="needs chromium on the path, or TWINSCORE_CHROMIUM"
)
WIDTHS = (1400, 400)


@dataclass
class Visit:
    page: Page
    complaints: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_api.sync_playwright() as playwright:
        # Containers have no GPU: WebGL is drawn in software there.
        arguments = ["--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        yield browser
        browser.close()


def visit(browser: Browser, file: Path, width: int, scheme: Any = "light") -> Visit:
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
    found = Visit(context.new_page())
    page = found.page
    page.on(
        "console",
        lambda message: (
            found.complaints.append(message.text) if message.type in ("error", "warning") else None
        ),
    )
    page.on("pageerror", lambda error: found.complaints.append(str(error)))
    page.on("request", lambda request: found.requests.append(request.url))
    page.goto(file.as_uri())
    page.wait_for_function("document.documentElement.dataset.ready === 'true'")
    return found


@pytest.fixture(scope="module")
def wide(browser: Browser, report_file: Path) -> Iterator[Visit]:
    found = visit(browser, report_file, 1400)
    yield found
    found.page.context.close()


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_page_opens_without_complaint_or_request_and_fits(
    browser: Browser, report_file: Path, width: int, scheme: str
) -> None:
    found = visit(browser, report_file, width, scheme)
    found.page.wait_for_selector(".map canvas")
    outside = [url for url in found.requests if not url.startswith(("data:", "blob:"))]
    assert outside == [report_file.as_uri()]
    assert found.complaints == []
    assert found.page.evaluate("document.documentElement.scrollWidth") <= width
    background = found.page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (background == "rgb(255, 255, 255)") == (scheme == "light")
    found.page.context.close()


def test_names_are_shown_as_they_are_and_run_nothing(wide: Visit, hostile_names: list[str]) -> None:
    shown = wide.page.locator("#giveaways .path").all_inner_texts()
    assert set(shown) <= set(hostile_names)
    assert any("</script>" in name for name in shown)
    assert wide.page.evaluate("typeof window.attacked") == "undefined"
    assert wide.page.evaluate("document.images.length") > 0


def point_at(page: Page, row: int) -> tuple[float, float]:
    """Return where on the screen the map shows a row of the pool."""
    place: list[float] = page.evaluate(
        """row => {
            const plot = document.querySelector('.map');
            const trace = plot.data[row < 60 ? 0 : 1];
            const index = row < 60 ? row : row - 60;
            const { xaxis, yaxis } = plot._fullLayout;
            const box = plot.getBoundingClientRect();
            return [box.left + xaxis._offset + xaxis.l2p(trace.x[index]),
                    box.top + yaxis._offset + yaxis.l2p(trace.y[index])];
        }""",
        row,
    )
    return place[0], place[1]


def test_pointing_at_the_map_shows_the_image_and_its_name(
    wide: Visit, hostile_names: list[str]
) -> None:
    wide.page.locator(".map").scroll_into_view_if_needed()
    wide.page.mouse.move(*point_at(wide.page, 65))
    wide.page.wait_for_selector("#tip:not([hidden]) img")
    name = wide.page.locator("#tip .path").inner_text()
    assert name in hostile_names[60:]
    assert wide.page.evaluate("document.querySelector('#tip img').naturalWidth") > 0
    assert wide.page.evaluate("typeof window.attacked") == "undefined"


def test_clicking_a_point_opens_it_beside_its_nearest_real_image(
    wide: Visit, hostile_names: list[str], pictured: ts.ScoreResult
) -> None:
    wide.page.locator(".map").scroll_into_view_if_needed()
    place = point_at(wide.page, 65)
    wide.page.mouse.move(*place)
    wide.page.wait_for_selector("#tip:not([hidden])")
    wide.page.mouse.click(*place)
    wide.page.wait_for_selector("dialog[open]")
    names = wide.page.locator("dialog .path").all_inner_texts()
    row = hostile_names.index(names[0])
    assert row >= 60
    assert names[1] == pictured.samples["nearest_real"][row].as_py()
    assert wide.page.locator("dialog img").count() == len(names)
    wide.page.keyboard.press("Escape")
    wide.page.wait_for_selector("dialog:not([open])", state="attached")


def in_view(page: Page, selector: str) -> int:
    script = """(items) => items.filter((item) => {
        const box = item.getBoundingClientRect();
        return box.height > 0 && box.top >= 0 && box.bottom <= innerHeight;
    }).length"""
    count: int = page.locator(selector).evaluate_all(script)
    return count


def test_bars_verdict_and_four_pairs_are_seen_without_scrolling(
    browser: Browser, report_file: Path
) -> None:
    page = visit(browser, report_file, 1400).page
    assert in_view(page, ".bars") == 1
    assert in_view(page, ".verdict") == 1
    assert in_view(page, "#giveaways .exhibit") >= 4
    assert not page.locator("#cautions p").first.is_visible()


def test_all_images_are_searched_sorted_and_leafed_through(
    browser: Browser, report_file: Path, hostile_names: list[str]
) -> None:
    page = visit(browser, report_file, 1400).page
    everything = page.locator(".all-images")
    shown = everything.locator(".exhibit")
    assert shown.count() == 24
    assert everything.get_by_role("status").inner_text() == "60 images, page 1 of 3"
    everything.get_by_role("button", name="Next page").click()
    assert "page 2 of 3" in everything.get_by_role("status").inner_text()
    everything.get_by_label("Side").select_option("both sides")
    everything.get_by_label("Order").select_option("name")
    wanted = hostile_names[7]
    everything.get_by_label("Search names").fill(wanted.upper())
    assert shown.locator(".path").all_inner_texts() == [wanted]
    shown.get_by_role("button").click()
    assert wanted in page.locator("#pair").inner_text()


def test_a_click_on_a_path_copies_it(browser: Browser, report_file: Path) -> None:
    page = visit(browser, report_file, 1400).page
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    path = page.locator("#giveaways .path").first
    name = path.inner_text()
    path.click()
    assert page.evaluate("navigator.clipboard.readText()") == name
    page.wait_for_function(
        "text => document.querySelector('#giveaways .path').textContent === text", arg=name
    )


def test_a_region_of_the_map_is_listed(browser: Browser, report_file: Path) -> None:
    page = visit(browser, report_file, 1400).page
    page.evaluate("document.querySelector('#map').scrollIntoView()")
    page.evaluate("""() => {
        const map = document.querySelector('.map');
        map.on('plotly_selected', (event) => (window.selected = event.points.length));
        return Plotly.relayout(map, { dragmode: 'select' });
    }""")
    box = page.locator(".map .nsewdrag").first.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 20, box["y"] + 60)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] - 20, steps=8)
    page.mouse.up()
    page.wait_for_function("window.selected > 0")
    selected = page.evaluate("window.selected")
    assert selected < 120
    status = page.locator(".all-images").get_by_role("status")
    sync_api.expect(status).to_contain_text(f"{selected} images, page 1 of")
    page.get_by_role("button", name="Leave the region").click()


def test_the_map_is_colored_by_a_column(browser: Browser, report_file: Path) -> None:
    found = visit(browser, report_file, 1400)
    page = found.page
    page.locator("#colors label", has_text="kind").click()
    colors = page.evaluate("document.querySelector('.map').data[1].marker.color")
    assert len(colors) == 60
    assert all(color.startswith("hsl") for color in colors)
    assert not found.complaints


def test_clicking_a_gallery_opens_the_pair(wide: Visit) -> None:
    first = wide.page.locator("#giveaways .exhibit").first
    name = first.locator(".path").first.inner_text()
    first.locator("button").click()
    assert wide.page.locator("dialog .path").first.inner_text() == name
    wide.page.locator("#close").click()
    assert not wide.page.locator("dialog").is_visible()


def test_an_open_pair_leads_to_the_next_of_its_gallery(wide: Visit) -> None:
    names = wide.page.locator("#giveaways .exhibit .path:nth-of-type(1)").all_inner_texts()
    shown = wide.page.locator("dialog .path").first
    wide.page.locator("#giveaways button[data-open]").first.click()
    assert wide.page.locator("#previous").is_disabled()
    wide.page.locator("#next").click()
    assert shown.inner_text() == names[1]
    wide.page.keyboard.press("ArrowLeft")
    assert shown.inner_text() == names[0]
    wide.page.keyboard.press("Escape")


def test_a_printed_page_is_light_and_shows_what_is_folded_on_the_screen(
    browser: Browser, report_file: Path
) -> None:
    found = visit(browser, report_file, 1000, "dark")
    figure = found.page.get_by_text("Effective size")
    found.page.wait_for_selector(".map.printable")
    assert not figure.is_visible()
    assert not found.page.locator(".map-print").is_visible()
    found.page.emulate_media(media="print")
    assert figure.is_visible()
    assert found.page.locator(".map-print").is_visible()
    assert found.page.evaluate("document.querySelector('.map-print').naturalWidth") == 1100
    assert not found.page.locator("nav").is_visible()
    assert not found.page.locator(".map").is_visible()
    background = found.page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert background == "rgb(255, 255, 255)"
    assert found.complaints == []
    found.page.context.close()


def test_wide_galleries_unfold(browser: Browser, report_file: Path) -> None:
    found = visit(browser, report_file, 400)
    gallery = found.page.locator("#gallery-giveaways")
    before = gallery.locator("li:visible").count()
    found.page.locator("#gallery-giveaways + button").click()
    assert gallery.locator("li:visible").count() > before
    found.page.context.close()


def test_colors_follow_the_system_while_the_page_is_open(
    browser: Browser, report_file: Path
) -> None:
    found = visit(browser, report_file, 1400)
    color = "document.querySelector('.map').data[0].marker.color"
    light = found.page.evaluate(color)
    found.page.emulate_media(color_scheme="dark")
    found.page.wait_for_function(f"{color} !== '{light}'")
    assert found.complaints == []
    found.page.context.close()


def test_galleries_are_there_without_scripts(browser: Browser, report_file: Path) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(report_file.as_uri())
    assert page.locator("#giveaways img").count() > 0
    assert page.locator("#score .verdict").inner_text().startswith("Told apart")
    context.close()


@pytest.fixture(scope="module")
def comparison_file(hostile_names: list[str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    first, second = hostile_names[:60], hostile_names[60:]
    comparison = Comparison(
        first_name=first[1],
        second_name=second[1],
        first=0.2,
        second=0.5,
        difference=0.3,
        interval=(0.1, 0.5),
        p_value=0.002,
        n_real=60,
        n_first=60,
        n_second=60,
        pairs=60,
        method="By hand.",
        moved=tuple(
            MovedImage(before, after, 3.0, 1.5, -0.7)
            for before, after in zip(first, second, strict=True)
        ),
    )
    file = tmp_path_factory.mktemp("comparison") / "comparison.html"
    giveaways = ([(name, 2.0) for name in first], [(name, 1.0) for name in second])
    write_comparison(comparison, file, giveaways=giveaways)
    return file


@pytest.fixture(scope="module")
def history_file(pictured: ts.ScoreResult, tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("history")
    folders = [root / name for name in ("monday", "<b>tuesday")]
    for folder in folders:
        pictured.save(folder)
    write_history(runs_of([load_result(folder) for folder in folders]), root / "history.html")
    return root / "history.html"


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("page", ["comparison", "history"])
def test_other_pages_open_without_complaint_or_request_and_fit(
    browser: Browser, request: pytest.FixtureRequest, page: str, width: int
) -> None:
    file: Path = request.getfixturevalue(f"{page}_file")
    found = visit(browser, file, width, "dark")
    assert [url for url in found.requests if not url.startswith(("data:", "blob:"))] == [
        file.as_uri()
    ]
    assert found.complaints == []
    assert found.page.evaluate("document.documentElement.scrollWidth") <= width
    assert found.page.evaluate("typeof window.attacked") == "undefined"
    found.page.context.close()


def test_tables_sort_by_the_heading_that_is_clicked(browser: Browser, history_file: Path) -> None:
    found = visit(browser, history_file, 1400)
    names = found.page.locator("tbody td:first-child")
    before = names.all_inner_texts()
    heading = found.page.locator("th button", has_text="Run")
    heading.click()
    assert names.all_inner_texts() == sorted(before, key=str.lower)
    heading.click()
    assert names.all_inner_texts() == sorted(before, key=str.lower, reverse=True)
    found.page.context.close()


@pytest.mark.parametrize("width", WIDTHS)
def test_a_slider_uncovers_the_altered_image_and_asks_nobody_for_anything(
    browser: Browser, tmp_path: Path, width: int
) -> None:
    pictures = [encoded(Image.new("RGB", (300, 200), color)) for color in ("#204080", "#c06020")]
    pair = ShownPair("<b>shot</b>/1.png", *pictures)
    repair = ShownRepair("Renders are softer.", 0.2, 0.9, "real", (pair, pair))
    shown = FixFirst((repair,), "Nothing is left.", (), (), ())
    file = tmp_path / "explanation.html"
    write_page(render_page("explanation.html", {}, draws=False, title="why", shown=shown), file)
    found = visit(browser, file, width)
    first, second = found.page.locator(".compare").all()
    altered = first.locator(".over")
    assert altered.evaluate("image => getComputedStyle(image).clipPath") == "inset(0px 0px 0px 50%)"
    slider = first.get_by_role("slider")
    slider.focus()
    slider.press("Home")
    assert altered.evaluate("image => getComputedStyle(image).clipPath").endswith(" 0%)")
    slider.press("End")
    assert "100%" in altered.evaluate("image => getComputedStyle(image).clipPath")
    assert "50%" in second.locator(".over").evaluate("image => getComputedStyle(image).clipPath")
    assert first.locator(".path").inner_text() == pair.name
    bars = found.page.locator(".gain em").evaluate_all("bars => bars.map(bar => bar.offsetWidth)")
    assert bars[0] < 0.3 * bars[1]
    outside = [url for url in found.requests if not url.startswith(("data:", "blob:"))]
    assert outside == [file.as_uri()]
    assert found.complaints == []
    assert found.page.evaluate("document.documentElement.scrollWidth") <= width
    found.page.context.close()
