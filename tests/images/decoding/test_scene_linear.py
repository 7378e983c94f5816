"""OpenEXR and HDR: the beauty layer, as a display shows it."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

from twinscore.base.errors import MissingExtraError, UnreadableImageError
from twinscore.images.decoding import Preprocessing, prepare_image, read_facts, read_image
from twinscore.images.decoding.exr_layers import find_beauty
from twinscore.images.decoding.primaries import SRGB_CHROMATICITIES, to_display_primaries
from twinscore.images.records import ImageFacts, ImageItem

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

oiio = pytest.importorskip("OpenImageIO", reason="needs the extra vfx")

ACESCG = (0.713, 0.293, 0.165, 0.830, 0.128, 0.044, 0.32168, 0.33767)

Light = npt.NDArray[np.float32]


def write(
    path: Path,
    light: Light,
    channels: Sequence[str] = ("R", "G", "B"),
    depth: str = "half",
    **attributes: Any,
) -> Path:
    height, width, count = light.shape
    spec = oiio.ImageSpec(width, height, count, depth)
    spec.channelnames = tuple(channels)
    for name, value in attributes.items():
        if name == "chromaticities":
            spec.attribute(name, oiio.TypeDesc("float[8]"), value)
        else:
            setattr(spec, name, value)
    file = oiio.ImageOutput.create(str(path))
    assert file.open(str(path), spec), file.geterror()
    assert file.write_image(light)
    file.close()
    return path


def ramp() -> Light:
    """Light from -0.5 to 1.5, different in each channel."""
    values = np.linspace(-0.5, 1.5, 64, dtype=np.float32).reshape(8, 8)
    return np.stack([values, values[::-1], values.T], axis=2)


def as_displayed(light: npt.NDArray[Any], exposure: float = 0.0) -> npt.NDArray[np.float64]:
    """The transfer function of sRGB, written down again from IEC 61966-2-1."""
    scaled = np.clip(light.astype(np.float64) * 2.0**exposure, 0, 1)
    encoded = np.empty_like(scaled)
    for place, value in np.ndenumerate(scaled):
        is_dark = value <= 0.0031308
        encoded[place] = 12.92 * value if is_dark else 1.055 * value ** (1 / 2.4) - 0.055
    shown: npt.NDArray[np.float64] = encoded * 255
    return shown


def pixels_of(content: Any, **options: Any) -> npt.NDArray[np.uint8]:
    return np.asarray(read_image(content, **options))


@pytest.mark.parametrize("depth", ["half", "float"])
@pytest.mark.parametrize("exposure", [0.0, 1.0, -2.5])
def test_light_is_exposed_cut_off_and_encoded(tmp_path: Path, depth: str, exposure: float) -> None:
    path = write(tmp_path / "a.exr", ramp(), depth=depth)
    expected = as_displayed(ramp(), exposure)
    assert np.abs(pixels_of(path, exposure=exposure) - expected).max() <= 0.6


def test_radiance_files_are_read_alike(tmp_path: Path) -> None:
    light = np.repeat(np.clip(ramp()[:, :, :1], 0.01, 1), 3, axis=2)
    path = write(tmp_path / "a.hdr", light, depth="float")
    assert np.abs(pixels_of(path) - as_displayed(light)).max() <= 2


def test_a_frame_equals_what_the_renderer_would_save_as_png(tmp_path: Path) -> None:
    path = write(tmp_path / "a.exr", ramp(), depth="float")
    saved = io.BytesIO()
    Image.fromarray(np.rint(as_displayed(ramp())).astype(np.uint8)).save(saved, "PNG")
    difference = prepare_image(path, Preprocessing()) - prepare_image(
        saved.getvalue(), Preprocessing()
    )
    assert np.abs(difference).max() * 128 <= 2


def test_bytes_are_read_like_files(tmp_path: Path) -> None:
    for name in ("a.exr", "a.hdr"):
        path = write(tmp_path / name, ramp(), depth="float")
        np.testing.assert_array_equal(pixels_of(path.read_bytes()), pixels_of(path))


def test_what_is_no_number_is_black_and_infinity_is_white(tmp_path: Path) -> None:
    light = np.array([[[np.nan] * 3, [np.inf] * 3, [-np.inf] * 3]], dtype=np.float32)
    assert pixels_of(write(tmp_path / "a.exr", light))[0, :, 0].tolist() == [0, 255, 0]


def test_exposure_is_part_of_the_fingerprint() -> None:
    assert Preprocessing(exposure=1).fingerprint != Preprocessing().fingerprint
    assert Preprocessing(exposure=0).fingerprint == Preprocessing().fingerprint
    with pytest.raises(ValueError, match="expected a finite exposure"):
        Preprocessing(exposure=float("nan"))


def test_other_files_are_not_exposed() -> None:
    file = io.BytesIO()
    Image.new("RGB", (2, 2), (10, 20, 30)).save(file, "PNG")
    assert pixels_of(file.getvalue(), exposure=3)[0, 0].tolist() == [10, 20, 30]


def test_the_beauty_layer_of_a_file_with_many_is_read(tmp_path: Path) -> None:
    light = np.full((4, 4, 7), 9.0, dtype=np.float32)
    light[:, :, 4:] = 0.25
    channels = (*(f"ViewLayer.Diffuse.{c}" for c in "RGB"), "ViewLayer.Depth.Z")
    combined = tuple(f"ViewLayer.Combined.{c}" for c in "BGR")
    light[:, :, 4] = 1.0
    path = write(tmp_path / "a.exr", light, (*channels, *combined), depth="float")
    assert pixels_of(path)[0, 0].tolist() == [137, 137, 255]


def test_the_beauty_part_of_a_file_with_many_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.exr"
    specs = []
    for name in ("albedo", "rgba"):
        spec = oiio.ImageSpec(4, 4, 3, "half")
        spec.attribute("oiio:subimagename", name)
        specs.append(spec)
    file = oiio.ImageOutput.create(str(path))
    assert file.open(str(path), specs)
    for spec, value in zip(specs, (0.0, 1.0), strict=True):
        if value:
            assert file.open(str(path), spec, "AppendSubimage")
        assert file.write_image(np.full((4, 4, 3), value, np.float32))
    file.close()
    assert pixels_of(path)[0, 0].tolist() == [255, 255, 255]


@pytest.mark.parametrize(
    ("parts", "part", "channels"),
    [
        ([("", "RGBA")], 0, (0, 1, 2)),
        ([("main", ["A", "B", "G", "R"])], 0, (3, 2, 1)),
        ([("", ["diffuse.R", "diffuse.G", "diffuse.B", "R", "G", "B"])], 0, (3, 4, 5)),
        ([("", ["x.red", "x.green", "x.blue", "z"])], 0, (0, 1, 2)),
        ([("", ["a.R", "a.G", "a.B", "beauty.B", "beauty.G", "beauty.R"])], 0, (5, 4, 3)),
        ([("albedo", "RGB"), ("Beauty", "RGB")], 1, (0, 1, 2)),
        ([("depth", "Z"), ("left", "RGB")], 1, (0, 1, 2)),
        ([("", ["Y", "Z"])], 0, (0,)),
    ],
)
def test_which_layer_is_the_picture(
    parts: list[tuple[str, Sequence[str]]], part: int, channels: tuple[int, ...]
) -> None:
    layer = find_beauty(parts)
    assert (layer.part, layer.channels) == (part, channels)


def test_a_file_without_a_beauty_layer_says_what_it_has() -> None:
    with pytest.raises(UnreadableImageError, match=r"named beauty, .*, got diffuse, specular"):
        find_beauty([("diffuse", "RGB"), ("specular", "RGB")])
    with pytest.raises(UnreadableImageError, match="expected channels R, G, B, got Z, id"):
        find_beauty([("", ["Z", "id"])])


def test_grey_light_is_grey(tmp_path: Path) -> None:
    path = write(tmp_path / "a.exr", ramp()[:, :, :1], ("Y",), depth="float")
    pixels = pixels_of(path)
    assert np.abs(pixels - as_displayed(ramp()[:, :, :1])).max() <= 0.6


def test_the_display_window_is_what_is_seen(tmp_path: Path) -> None:
    light = np.ones((4, 6, 3), np.float32)
    inside = write(tmp_path / "a.exr", light, x=1, y=2, full_width=10, full_height=8)
    expected = np.zeros((8, 10), np.uint8)
    expected[2:6, 1:7] = 255
    np.testing.assert_array_equal(pixels_of(inside)[:, :, 0], expected)
    overscan = write(tmp_path / "b.exr", light, x=-2, y=-1, full_width=3, full_height=2)
    assert pixels_of(overscan).shape == (2, 3, 3)


def test_other_primaries_become_those_of_the_display(tmp_path: Path) -> None:
    white = np.ones((1, 1, 3), np.float32)
    red = np.array([[[0.5, 0, 0]]], np.float32)
    path = write(
        tmp_path / "a.exr", np.concatenate([white, red]), depth="float", chromaticities=ACESCG
    )
    shown = pixels_of(path)
    assert shown[0, 0].tolist() == [255, 255, 255]
    assert shown[1, 0].tolist() == [238, 0, 0]
    # As published for ACEScg, adapted from D60 to D65 after Bradford.
    published = [[[0.5 * 1.70505, 0.5 * -0.13026, 0.5 * -0.02400]]]
    converted = to_display_primaries(red.astype(np.float16), ACESCG)
    np.testing.assert_allclose(converted, published, atol=1e-3)
    same = to_display_primaries(red.astype(np.float16), SRGB_CHROMATICITIES)
    np.testing.assert_array_equal(same, red)


def test_facts_tell_format_window_and_depth(tmp_path: Path) -> None:
    exr = write(tmp_path / "a.exr", ramp(), full_width=20)
    assert read_facts(ImageItem("a", exr)) == ImageFacts(
        "EXR", 20, 8, "RGB;half", file_size=exr.stat().st_size
    )
    hdr = write(tmp_path / "a.hdr", ramp(), depth="float")
    assert read_facts(ImageItem("a", hdr.read_bytes())) == ImageFacts(
        "HDR", 8, 8, "RGB;float", file_size=hdr.stat().st_size
    )


@pytest.mark.parametrize("name", ["a.exr", "a.hdr"])
def test_damaged_files_give_a_reason(tmp_path: Path, name: str) -> None:
    light = np.random.default_rng(0).random((64, 64, 3), dtype=np.float32)
    content = write(tmp_path / name, light, depth="float").read_bytes()
    for length in (12, 40, len(content) // 2, len(content) * 9 // 10):
        with pytest.raises(UnreadableImageError, match=r"^(damaged file|expected|no pixels)"):
            read_image(content[:length])
    assert read_facts(ImageItem("a", content[:12])) is None


def test_bombs_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path / "a.exr", ramp())
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 20)
    with pytest.raises(UnreadableImageError, match="image too large"):
        read_image(path)


def test_without_openimageio_one_line_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path / "a.exr", ramp())
    monkeypatch.setitem(__import__("sys").modules, "OpenImageIO", None)
    with pytest.raises(
        MissingExtraError, match=r"OpenEXR and HDR .*pip install '(twinscore|\.)\[vfx\]'"
    ):
        read_image(path)
