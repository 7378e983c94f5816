"""Score objects and the world around them apart, to see which of them gives the twin away.

Scenes of photographs with round objects pasted on them; in the renders, the world alone is
rendered. Annotations are COCO files; YOLO, Pascal VOC, KITTI and instance masks are read as well.

pip install '.[cpu,demo,objects]'
python examples/objects.py
"""

import json
import math
from pathlib import Path

from PIL import Image, ImageDraw

import twinscore as ts
from twinscore.cli.demo.photographs import cut_photographs
from twinscore.cli.demo.twins import TWINS

IMAGES = 80
SIDE = 64
MIDDLE = SIDE / 2
ANGLES = [2 * math.pi * step / 24 for step in range(24)]
OUTLINE = [(MIDDLE + 30 * math.cos(a), MIDDLE + 30 * math.sin(a)) for a in ANGLES]


def write_scenes(worlds: list[Image.Image], objects: list[Image.Image], folder: Path) -> Path:
    """Paste objects on worlds; return the COCO file that says where they are."""
    (folder / "images").mkdir(parents=True, exist_ok=True)
    mask = Image.new("L", (SIDE, SIDE))
    ImageDraw.Draw(mask).ellipse((1, 1, SIDE - 2, SIDE - 2), fill=255)
    images, annotations = [], []
    for number, (world, thing) in enumerate(zip(worlds, objects, strict=True)):
        scene, name = world.copy(), f"{number:03}.png"
        left, top = 10 + 7 * number % 80, 10 + 11 * number % 80
        scene.paste(thing.resize((SIDE, SIDE)), (left, top), mask)
        scene.save(folder / "images" / name)
        size = {"width": scene.width, "height": scene.height}
        images.append({"id": number, "file_name": name, **size})
        outline = [edge for x, y in OUTLINE for edge in (left + x, top + y)]
        of_image = {"id": number, "image_id": number, "category_id": 1}
        annotations.append({**of_image, "segmentation": [outline]})
    document = {"images": images, "annotations": annotations}
    document["categories"] = [{"id": 1, "name": "disc"}]
    (folder / "objects.json").write_text(json.dumps(document))
    return folder / "objects.json"


# No tile of a photograph is on both sides, and none is world and object.
photographs, others = ([crop.image for crop in side] for side in cut_photographs(seed=0))
real = write_scenes(photographs[:IMAGES], photographs[-IMAGES:], Path("example-real"))
renders = [TWINS[0].render(image) for image in others[:IMAGES]]
synthetic = write_scenes(renders, others[-IMAGES:], Path("example-synthetic"))

# Boxes of round objects have corners of the world in them; their outlines have none.
result = ts.score(real, synthetic, views=ts.ViewSettings(without_background=True))
assert result.views is not None
print(result.views.verdict)
for row in result.views.table:
    print(f"{row.class_name or row.view:12} {row.score:.2f}  {row.standing.value}")
