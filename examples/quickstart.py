"""Score a folder of renders against a folder of photographs, and look at what gives it away.

pip install '.[cpu,demo,report]'
python examples/quickstart.py
"""

from pathlib import Path

import twinscore as ts
from demo_images import write_images

folders = write_images(Path("example-images"))

result = ts.score(folders["photos"], folders["preview"])
low, high = result.interval
print(f"score {result.score:.2f} ({low:.2f} to {high:.2f}), overlap {result.overlap:.2f}")

# The images to open first: a row per image, the clearest give-aways on top.
worst = result.samples.sort_by([("giveaway", "descending")]).slice(0, 5)
for row in worst.to_pylist():
    print(f"{row['giveaway']:.2f}  {row['name']}  (nearest real: {row['nearest_real']})")

result.save("example-result", overwrite=True)
result.save_report("example-result/report.html", title="preview against photos")
result.plot("example-result/map.svg")
