"""A domain file is read with checks, and every error names the file, the line and the key."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import twinscore as ts

if TYPE_CHECKING:
    from pathlib import Path

WEATHER = '[conditions.weather]\nshares = { clear = 0.5, "light rain" = 0.3, fog = 0.2 }\n'
LIGHT = "[conditions.light]\nshares = { day = 0.6, night = 0.4 }\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "domain.toml"


def test_a_whole_domain_is_read(file: Path) -> None:
    file.write_text(
        WEATHER
        + LIGHT
        + '[conditions.distance]\ncolumn = "meters"\nbins = [0, 10, 50, inf]\nweights = [2, 1, 1]\n'
        + "[pairs]\nat_least = 20\n"
        + '[[edge_cases]]\nname = "child at night"\nat_least = 200\n'
        + "where = { light = 'Night', child = true, distance = 7 }\n"
        + "[[excluded]]\nweather = ['fog', 'light rain']\nlight = 'night'\n"
    )
    domain = ts.load_domain(file)
    weather, light, distance = domain.conditions
    assert weather.values == ("clear", "light rain", "fog")
    assert light.shares == (0.6, 0.4)
    assert distance.column == "meters"
    assert distance.values == ("0 to 10", "10 to 50", "50 and more")
    assert distance.shares == (0.5, 0.25, 0.25)
    assert domain.pair_minimum == 20
    assert str(domain.edge_cases[0].clause) == "light = night, child = true, distance = 0 to 10"
    assert str(domain.excluded[0]) == "weather = fog or light rain, light = night"
    assert domain.columns == ("weather", "light", "meters", "child")
    assert domain.notes == ("the weights of distance sum to 4; they were divided by that sum",)


def test_shares_that_do_not_sum_to_one_are_divided_by_their_sum_and_that_is_said(
    file: Path,
) -> None:
    file.write_text("[conditions.light]\nshares = { day = 3, night = 1 }\n")
    domain = ts.load_domain(file)
    assert domain.conditions[0].shares == (0.75, 0.25)
    assert domain.notes == ("the shares of light sum to 4; they were divided by that sum",)


def test_what_is_excluded_leaves_the_declared_shares_where_some_mix_has_them(file: Path) -> None:
    file.write_text(WEATHER + LIGHT + "[[excluded]]\nweather = 'fog'\nlight = 'night'\n")
    assert ts.load_domain(file).notes == ()


def test_shares_that_no_mix_has_without_the_excluded_are_named(file: Path) -> None:
    file.write_text(WEATHER + LIGHT + "[[excluded]]\nweather = ['clear', 'fog']\nlight = 'night'\n")
    assert any("what is excluded leaves" in note for note in ts.load_domain(file).notes)


ERRORS = [
    ("", "{file}: expected at least one condition, as [conditions.weather], got none"),
    ("[conditions]\n", "line 1: conditions: expected a table with at least one key"),
    ("conditions = 3\n", "line 1: conditions: expected a table, got 3"),
    ("[conditions.light]\n", "line 1: conditions.light: expected a table with at least one key"),
    ("[conditions.light\n", "{file}: expected TOML: Expected ']'"),
    (LIGHT + LIGHT, "{file}: expected TOML: Cannot declare"),
    (
        LIGHT + "[condition.x]\n",
        "line 3: condition: not a key of a domain; did you mean conditions?",
    ),
    (
        LIGHT + "share = { day = 1 }\n",
        "line 3: conditions.light.share: not a key of a condition; did",
    ),
    (
        "[conditions.a]\nshares = {}\n",
        "line 2: conditions.a.shares: expected a table with at least",
    ),
    ("[conditions.a]\nshares = [1, 2]\n", "line 2: conditions.a.shares: expected a table, got an"),
    (
        "[conditions.a]\nshares = { x = -0.1 }\n",
        "line 2: conditions.a.shares.x: expected a share from",
    ),
    (
        "[conditions.a]\nshares = { x = nan }\n",
        "conditions.a.shares.x: expected a share from 0 to 1",
    ),
    (
        "[conditions.a]\nshares = { x = inf }\n",
        "conditions.a.shares.x: expected a share from 0 to 1",
    ),
    ("[conditions.a]\nshares = { x = true }\n", "expected a share as a number, got true"),
    ("[conditions.a]\nshares = { x = '0.5' }\n", "expected a share as a number, got '0.5'"),
    (f"[conditions.a]\nshares = {{ x = 1{'0' * 900} }}\n", "got a number of 901 digits"),
    (f"[conditions.a]\nshares = {{ x = 1{'0' * 9000} }}\n", "{file}: expected TOML: "),
    ("[conditions.a]\nshares = { x = 0, y = 0.0 }\n", "expected at least one share above 0"),
    (
        "[conditions.a.shares]\nRain = 1\nrain = 1\n",
        "line 3: conditions.a.shares.rain: the same value",
    ),
    ("[conditions.a.shares]\n' ' = 1\n", "expected a value with a name, got an empty one"),
    ("[conditions.'']\nshares = { x = 1 }\n", "expected a condition with a name"),
    (
        "[conditions.a]\ncolumn = 3\nshares = { x = 1 }\n",
        "line 2: conditions.a.column: expected a text",
    ),
    ("[conditions.a]\ncolumn = 'a'\n", "conditions.a: expected shares, bins or examples, got none"),
    ("[conditions.a]\nbins = [1]\n", "line 2: conditions.a.bins: expected at least two ends"),
    (
        "[conditions.a]\nbins = []\n",
        "conditions.a.bins: expected an array of numbers, got an empty",
    ),
    (
        "[conditions.a]\nbins = [\n 0,\n 1,\n 1,\n]\n",
        "line 2: conditions.a.bins[3]: expected ascending",
    ),
    ("[conditions.a]\nbins = [0, nan]\n", "conditions.a.bins[2]: expected a number, got nan"),
    ("[conditions.a]\nbins = [0, '1']\n", "conditions.a.bins[2]: expected a number, got '1'"),
    (
        "[conditions.a]\nbins = [0, 1]\nshares = { x = 1 }\n",
        "expected either shares or bins, got both",
    ),
    (
        "[conditions.a]\nbins = [0, 1]\nweights = [1, 2]\n",
        "line 3: conditions.a.weights: expected a weight",
    ),
    (
        "[conditions.a]\nbins = [0, 1]\nweights = [-1]\n",
        "conditions.a.weights[1]: expected a weight from",
    ),
    (LIGHT + "weights = [1]\n", "conditions.light.weights: weights are those of bins"),
    (
        "[conditions.a]\nexamples = 'nowhere'\n",
        "line 2: conditions.a.examples: expected a folder of",
    ),
    (
        LIGHT + "[conditions.b]\ncolumn = 'light'\nshares = { x = 1 }\n",
        "its column 'light' is that of",
    ),
    (LIGHT + "[pairs]\nat_least = 3\n", "line 3: pairs: expected two conditions or more"),
    (
        WEATHER + LIGHT + "[pairs]\nat_least = 0\n",
        "pairs.at_least: expected a number of images, 1 or",
    ),
    (
        WEATHER + LIGHT + "[pairs]\nat_least = 2.5\n",
        "expected a number of images, 1 or more, got 2.5",
    ),
    (
        WEATHER + LIGHT + "[pairs]\nleast = 2\n",
        "pairs.least: not a key of pairs; did you mean at_least?",
    ),
    (
        LIGHT + "[edge_cases]\nname = 'x'\n",
        "edge_cases: expected tables, each under [[edge_cases]]",
    ),
    (LIGHT + "[[edge_cases]]\nname = 'x'\n", "line 3: edge_cases[1]: expected a where, got none"),
    (
        LIGHT + "[[edge_cases]]\nname = 'x'\nwhere = { light = 'dusk' }\n",
        "line 5: edge_cases[1].where.light: expected one of day, night, got 'dusk'",
    ),
    (
        LIGHT + "[[edge_cases]]\nname = 'x'\nwhere = { light = [] }\n",
        "edge_cases[1].where.light: expected a value or several, got an empty array",
    ),
    (
        LIGHT + 2 * "[[edge_cases]]\nname = 'x'\nwhere = { light = 'day' }\n",
        "line 7: edge_cases[2].name: expected another name",
    ),
    (LIGHT + "[[excluded]]\n", "line 3: excluded[1]: expected at least one condition, got none"),
    (LIGHT + "[[excluded]]\nlight = ['day', 'night']\n", "excluded: expected some combination"),
    (LIGHT + "[[excluded]]\nlight = 1979-05-27\n", "excluded[1].light: expected a text, a number"),
    (
        "".join(f"[conditions.c{n}]\nbins = {list(range(22))}\n" for n in range(4)),
        "line 1: conditions: expected at most 10,000 combinations of values, got 194,481",
    ),
    ("x = " + "[" * 5000 + "]" * 5000, "{file}: expected TOML: "),
]


@pytest.mark.parametrize(("text", "message"), ERRORS, ids=range(len(ERRORS)))
def test_what_cannot_be_meant_is_one_line_that_says_where(
    file: Path, text: str, message: str
) -> None:
    file.write_text(text)
    with pytest.raises(ValueError) as refused:  # noqa: PT011
        ts.load_domain(file)
    error = str(refused.value)
    assert error.startswith(str(file))
    assert message.replace("{file}", str(file)) in error
    assert "\n" not in error
    assert len(error) < 500


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"# \xff\n", "line 1: expected text in UTF-8"),
        ("a = 1\n".encode("utf-16"), "expected text in UTF-8"),
        (b"#" * (1 << 21), "expected a domain file of at most 1 MiB"),
        (b"\x00", "expected TOML"),
    ],
)
def test_what_is_no_text_is_refused(file: Path, content: bytes, message: str) -> None:
    file.write_bytes(content)
    with pytest.raises(ValueError, match=message):
        ts.load_domain(file)


def test_no_file_and_a_folder_are_refused(file: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"domain\.toml does not exist"):
        ts.load_domain(file)
    with pytest.raises(ValueError, match="expected a domain file"):
        ts.load_domain(file.parent)


def test_lines_are_counted_behind_a_byte_order_mark_windows_line_ends_and_long_strings(
    file: Path,
) -> None:
    text = '\ufeff[conditions.a]\r\ncolumn = """\r\nshares\r\n"""\r\nshares = { x = -1 }\r\n'
    file.write_bytes(text.encode())
    with pytest.raises(ValueError, match=r"line 5: conditions\.a\.shares\.x"):
        ts.load_domain(file)
