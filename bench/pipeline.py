"""Time images to embeddings against a plain loop, and watch the memory of a long run.

python bench/pipeline.py --photographs FOLDER
python bench/pipeline.py memory
"""

from __future__ import annotations

import json
import os
import resource
import statistics
import tempfile
import time
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import numpy as np
from PIL import Image

from exact_search import commit, host
from photographs import load_photographs
from twinscore import Embedder, embed
from twinscore.base.devices import Device
from twinscore.embedding.network.session import built_in_model, open_network
from twinscore.images.decoding import prepare_image
from twinscore.images.sources import FolderSource

if TYPE_CHECKING:
    from collections.abc import Callable

    from twinscore.base.arrays import FloatMatrix
    from twinscore.embedding.embedding_run import EmbeddingRun

FRAME = 1920, 1080
SMALL = 64, 48
LOOP_BATCH = 32
LARGEST_DIFFERENCE = 0.05
"""Cosine distance between an image's two embeddings: a scaled decode may change a little."""


def write_frames(folder: Path, photographs: Path | None, count: int, ending: str) -> None:
    """Write frames of full high definition: mosaics of photographs at their own resolution."""
    tiles = list(load_photographs(photographs))
    random = np.random.default_rng(0)
    for number in range(count):
        frame = Image.new("RGB", FRAME)
        for left in range(0, FRAME[0], 480):
            for top in range(0, FRAME[1], 360):
                tile = tiles[int(random.integers(len(tiles)))]
                frame.paste(tile.resize((480, 360)) if tile.width < 480 else tile, (left, top))
        frame.save(folder / f"{number:04}.{ending}", quality=90)


def plain_loop(paths: list[Path], session: Any) -> FloatMatrix:
    """Embed as one would write it first: full decode, bicubic, one image after the other."""
    rows = []
    for start in range(0, len(paths), LOOP_BATCH):
        batch = []
        for path in paths[start : start + LOOP_BATCH]:
            image = Image.open(path).convert("RGB")
            scale = 256 / min(image.size)
            size = round(image.width * scale), round(image.height * scale)
            image = image.resize(size, Image.Resampling.BICUBIC)
            left, top = (image.width - 224) // 2, (image.height - 224) // 2
            pixels = np.asarray(image.crop((left, top, left + 224, top + 224)), np.float32)
            batch.append((pixels.transpose(2, 0, 1) - 127) / 128)
        rows.append(session.run(None, {"image": np.stack(batch)})[0])
    return np.concatenate(rows)


def pipeline(paths: list[Path], embedder: Embedder) -> FloatMatrix:
    """Embed the folder the images lie in."""
    with closing(embedder.stream(FolderSource(paths[0].parent))) as stream:
        return np.stack([image.vector for batch in stream for image in batch])  # type: ignore[misc]


def core_seconds(paths: list[Path]) -> tuple[float, float]:
    """Measure what an image takes of one core: decoding and preparing, and the network."""
    network = open_network("efficientnet-lite0", device=Device(), threads=1)
    started = time.process_time()
    prepared = [prepare_image(path, network.preprocessing) for path in paths]
    decoding = (time.process_time() - started) / len(paths)
    started = time.process_time()
    for start in range(0, len(paths), 8):
        network.run(np.stack(prepared[start : start + 8]))
    return decoding, (time.process_time() - started) / len(paths)


def timed(function: Callable[[], object]) -> tuple[float, float]:
    """Return the seconds of one call by the clock and of all cores, ended children included."""
    before, started = core_time(), time.perf_counter()
    function()
    return time.perf_counter() - started, core_time() - before


def core_time() -> float:
    """Return the seconds that cores spent on this process and its ended children."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in used)


def compare(paths: list[Path], threads: int, repeats: int) -> dict[str, Any]:
    """Time the loop and the pipeline in turns; check that they agree first."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    session = onnxruntime.InferenceSession(
        built_in_model(), options, providers=["CPUExecutionProvider"]
    )
    embedders = {
        "threads": Embedder(threads=threads),
        "processes": Embedder(threads=threads, isolated=True),
    }
    expected, found = plain_loop(paths, session), pipeline(paths, embedders["threads"])
    cosine = np.sum(expected * found, axis=1) / (
        np.linalg.norm(expected, axis=1) * np.linalg.norm(found, axis=1)
    )
    if 1 - cosine.min() > LARGEST_DIFFERENCE:
        raise SystemExit(f"the embeddings differ: cosine distance {1 - cosine.min():.3f}")
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in ("loop", *embedders)}
    parts: list[tuple[float, float]] = []
    for _ in range(repeats):
        parts.append(core_seconds(paths))
        times["loop"].append(timed(lambda: plain_loop(paths, session)))
        for name, embedder in embedders.items():
            times[name].append(timed(partial(pipeline, paths, embedder)))
    decoding, network = (statistics.median(column) for column in zip(*parts, strict=True))
    rates, cores = {}, {}
    for name, values in times.items():
        clock, used = (statistics.median(column) for column in zip(*values, strict=True))
        rates[name], cores[name] = len(paths) / clock, used / len(paths)
    bound = threads / (decoding + network)
    return {
        "images": len(paths),
        "load_average": os.getloadavg()[0],
        "decode_core_ms": 1e3 * decoding,
        "network_core_ms": 1e3 * network,
        "core_ms": {name: 1e3 * value for name, value in cores.items()},
        "images_per_second": rates,
        "ratio_to_loop": {name: rates[name] / rates["loop"] for name in embedders},
        "ratio_to_bound": {name: rates[name] / bound for name in embedders},
        "share_of_core_time_in_parts": {
            name: (decoding + network) / cores[name] for name in embedders
        },
        "median_cosine_distance": float(np.median(1 - cosine)),
    }


@click.group(invoke_without_command=True)
@click.option("--photographs", type=click.Path(path_type=Path), help="Folder of more photographs.")
@click.option("--images", default=288, show_default=True)
@click.option("--threads", default=2, show_default=True)
@click.option("--repeats", default=5, show_default=True)
@click.option("--out", type=click.Path(path_type=Path), help="Append the records as JSON lines.")
@click.pass_context
def main(
    context: click.Context,
    photographs: Path | None,
    images: int,
    threads: int,
    repeats: int,
    out: Path | None,
) -> None:
    """Compare the pipeline with a plain loop on frames of 1920 x 1080, as JPEG and as PNG."""
    if context.invoked_subcommand is not None:
        return
    for ending in ("jpg", "png"):
        with tempfile.TemporaryDirectory() as folder:
            write_frames(Path(folder), photographs, images, ending)
            paths = sorted(Path(folder).iterdir())
            record = {"case": f"1080p {ending}", "threads": threads}
            write_record({**record, **compare(paths, threads, repeats)}, out)


@main.command()
@click.option("--images", default=100_000, show_default=True)
@click.option("--first", default=1_000, show_default=True)
@click.option("--isolate/--no-isolate", default=True, show_default=True)
@click.option("--out", type=click.Path(path_type=Path), help="Append the record as JSON lines.")
def memory(images: int, first: int, isolate: bool, out: Path | None) -> None:
    """Embed many small images into a store; compare resident memory early and at the end.

    Links to 500 images of 64 x 48 pixels, and a network of one layer: what grows with the number
    of images does not depend on their size.
    """
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "images"
        folder.mkdir()
        write_small_images(folder, images)
        embedder = Embedder(
            write_small_network(Path(place) / "means.onnx"), threads=2, isolated=isolate
        )
        resident: list[float] = []
        rates: list[float] = []

        def watch(run: EmbeddingRun) -> None:
            if run.done >= first and not resident:
                resident.append(resident_mib())

        run = embed(folder, Path(place) / "store", model=embedder, progress=watch)
        resident.append(resident_mib())
        rates.append(run.images_per_second)
        record = {
            "case": "memory",
            "images": run.embedded,
            "pixels": SMALL,
            "network": "one layer",
            "isolated": isolate,
            f"resident_mib_after_{first}": resident[0],
            f"resident_mib_after_{images}": resident[-1],
            "images_per_second": rates[0],
        }
        write_record(record, out)


def write_small_images(folder: Path, count: int, different: int = 500) -> None:
    """Write small images, each under many names."""
    random = np.random.default_rng(0)
    for number in range(count):
        path = folder / f"{number % 100:02}" / f"frame_{number:07}.jpg"
        path.parent.mkdir(exist_ok=True)
        if number < different:
            Image.fromarray(random.integers(0, 256, (*SMALL[::-1], 3), dtype=np.uint8)).save(path)
        else:
            first = number % different
            path.hardlink_to(folder / f"{first % 100:02}" / f"frame_{first:07}.jpg")


def write_small_network(path: Path) -> Path:
    """Write a network whose embedding is an image scaled down to 16 x 16 pixels: 768 numbers."""
    from onnx import TensorProto, helper

    graph = helper.make_graph(
        [
            helper.make_node(
                "AveragePool", ["pixels"], ["pooled"], kernel_shape=[2, 2], strides=[2, 2]
            )
        ],
        "scaled",
        [helper.make_tensor_value_info("pixels", TensorProto.FLOAT, ["n", 3, 32, 32])],
        [helper.make_tensor_value_info("pooled", TensorProto.FLOAT, ["n", 3, 16, 16])],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    path.write_bytes(model.SerializeToString())
    return path


def resident_mib() -> float:
    """Return the resident memory of this process and its children, in MiB."""
    pages = 0
    for process in (os.getpid(), *children()):
        pages += int(Path(f"/proc/{process}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def children() -> list[int]:
    """Return the processes that this one started."""
    tasks = Path("/proc/self/task").iterdir()
    return [int(child) for task in tasks for child in (task / "children").read_text().split()]


def write_record(record: dict[str, Any], out: Path | None) -> None:
    """Print a record, and append it to a file."""
    line = json.dumps({**record, "host": host(), "commit": commit()})
    click.echo(line)
    if out is not None:
        with out.open("a") as lines:
            lines.write(line + "\n")


if __name__ == "__main__":
    main()
