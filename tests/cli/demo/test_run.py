from pathlib import Path

import pytest

from twinscore.cli.demo.run import PICTURE_FILE, run_demo
from twinscore.cli.demo.twins import TWINS, Twin


@pytest.mark.slow
def test_scores_rise_with_fidelity_and_a_flawless_twin_is_mixed(tmp_path: Path) -> None:
    for package in ("matplotlib", "onnx", "onnxruntime", "skimage", "sklearn"):
        pytest.importorskip(package)
    stages: dict[str, tuple[int, int]] = {}
    flawless = Twin("flawless", "the photograph itself", lambda image: image)
    rows = run_demo(
        tmp_path / "new" / "folder",
        progress=lambda stage, done, total: stages.update({stage: (done, total)}),
        twins=(*TWINS, flawless),
    )
    blockout, preview, final, identity = (row.result for row in rows)
    assert blockout.score <= 0.15
    assert 0.3 <= preview.score <= 0.7
    assert 0.85 <= final.score <= 1.15
    assert blockout.p_value < 0.01
    low, high = identity.null_interval
    assert low <= identity.score <= high
    assert (tmp_path / "new" / "folder" / PICTURE_FILE).is_file()
    assert len(stages) == 5
    assert all(done == total for done, total in stages.values())
