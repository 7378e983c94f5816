"""Browse a result in FiftyOne, then score a part of it again.

    pip install '.[cpu,demo,fiftyone,report]'
    python examples/with_fiftyone.py

FiftyOne starts its own database where it can; elsewhere, name one in FIFTYONE_DATABASE_URI.
"""

from pathlib import Path

import twinscore as ts
from demo_images import write_images
from twinscore.integrations.fiftyone import from_fiftyone, to_fiftyone

folders = write_images(Path("example-images"))
result = ts.score(folders["photos"], folders["preview"])

dataset = to_fiftyone(result, "twinscore-example", overwrite=True)
print(dataset.list_saved_views())
for sample in dataset.load_saved_view("gives-the-twin-away").limit(5):
    print(f"{sample.giveaway:.2f}  {sample.filepath}")

# Any two views can be scored; the embeddings are in the dataset already.
first_half = dataset.match_tags("synthetic").limit(30)
part = from_fiftyone(dataset, "real", first_half, embedding_field="embedding")
print(f"all: {result.score:.2f}, first half: {part.score:.2f}")

# fiftyone.launch_app(dataset) opens it in the browser.
