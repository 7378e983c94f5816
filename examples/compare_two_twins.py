"""Tell whether new render settings are harder to tell from photographs than the old ones.

pip install '.[cpu,demo,report]'
python examples/compare_two_twins.py
"""

from pathlib import Path

import twinscore as ts
from demo_images import write_images

folders = write_images(Path("example-images"))

twins = ts.compare(
    folders["photos"], folders["preview"], folders["final"], names=("preview", "final")
)
found = twins.comparison
low, high = found.interval
print(f"{found.first:.2f} -> {found.second:.2f}")
print(f"difference {found.difference:+.2f} ({low:+.2f} to {high:+.2f}), p = {found.p_value:.2g}")
print(found.verdict)

# The same scenes are in both sets: which of them moved most?
for image in found.moved[:5]:
    print(f"{image.giveaway_first:.2f} -> {image.giveaway_second:.2f}  {image.second}")
