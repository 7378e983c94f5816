"""A process that reads damaged files and says of each what came of it, a line of JSON a file."""

from __future__ import annotations

import json
import logging
import random
import resource
import shutil
import sys
import tempfile
import time
from pathlib import Path

from hostile.formats import FORMATS, REASONS
from hostile.mutation import mutated


def main(name: str, first: int, count: int) -> None:
    """Read as many damaged files of a format, from this number on."""
    logging.disable(logging.CRITICAL)
    file_name, make, read = FORMATS[name]
    folder = Path(tempfile.mkdtemp())
    sound, damaged = folder / "sound", folder / "damaged"
    for place in (sound, damaged):
        place.mkdir()
    make(sound / file_name)
    read(sound / file_name)
    for number in range(first, first + count):
        shutil.rmtree(damaged)
        shutil.copytree(sound, damaged)
        chance = random.Random(number)
        target = damaged / file_name
        file = chance.choice(sorted(target.iterdir())) if target.is_dir() else target
        file.write_bytes(mutated(file.read_bytes(), chance))
        print(json.dumps({"begins": number}), flush=True)
        started = time.monotonic()
        fault = None
        try:
            read(target)
        except REASONS as reason:
            if not str(reason).strip():
                fault = f"{type(reason).__name__} without a word"
        except BaseException as error:
            fault = f"{type(error).__name__}: {error}"
        seconds = time.monotonic() - started
        print(json.dumps({"number": number, "fault": fault, "seconds": seconds}), flush=True)
    shutil.rmtree(folder)
    print(json.dumps({"peak_mib": _peak_mebibytes()}))


def _peak_mebibytes() -> float:
    """Return the peak of this program; what it inherits from its parent's is no peak of its own."""
    status = Path("/proc/self/status")
    if status.exists():
        fields = dict(line.split(":", 1) for line in status.read_text().splitlines())
        return int(fields["VmHWM"].split()[0]) / (1 << 10)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1 << 20 if sys.platform == "darwin" else 1 << 10)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
