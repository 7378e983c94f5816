"""Score frames that lie in a bucket, embedded and searched by the machines of a cluster of Ray.

Without arguments a stand-in of S3 and a cluster of two machines are started on this one, and frames
are put into the bucket. With a bucket of your own, the cluster is that of RAY_ADDRESS.

pip install '.[cpu,demo,s3,ray]' 'moto[server]'
python examples/ray_farm.py [s3://BUCKET/PHOTOS s3://BUCKET/RENDERS s3://BUCKET/STORES]
"""

import os
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import twinscore as ts
from demo_images import write_images

BUCKET = "s3://farm"


def start_bucket(resources: ExitStack) -> None:
    """Serve S3 on loopback, for this process and those it starts."""
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    resources.callback(server.stop)
    host, port = server.get_host_and_port()
    os.environ["AWS_ENDPOINT_URL"] = f"http://{host}:{port}"
    os.environ["AWS_ACCESS_KEY_ID"] = os.environ["AWS_SECRET_ACCESS_KEY"] = "stand-in"
    os.environ["AWS_DEFAULT_REGION"] = "us-east-1"


def fill_bucket(folders: dict[str, Path]) -> None:
    """Put photographs and renders there."""
    import s3fs

    bucket = s3fs.S3FileSystem()
    bucket.mkdir(BUCKET)
    for name in ("photos", "preview"):
        bucket.put(f"{folders[name]}/", f"{BUCKET}/{name}/", recursive=True)


def start_cluster(resources: ExitStack) -> None:
    """Start two machines of one core, on loopback."""
    os.environ["RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER"] = "0"  # Ray's word for loopback
    from ray.cluster_utils import Cluster

    machine = {"num_cpus": 1, "object_store_memory": 80 << 20, "node_ip_address": "127.0.0.1"}
    cluster: Any = Cluster(True, head_node_args={**machine, "include_dashboard": False})
    resources.callback(cluster.shutdown)
    cluster.add_node(**machine)
    os.environ["RAY_ADDRESS"] = cluster.address


with ExitStack() as resources:
    places = sys.argv[1:]
    if not places:
        start_bucket(resources)
        fill_bucket(write_images(Path("example-images")))
        start_cluster(resources)
        places = [f"{BUCKET}/photos", f"{BUCKET}/preview", f"{BUCKET}/stores"]
    photos, renders, stores = places

    # Stopped, killed, or robbed of a machine, the same lines go on where they were.
    for source, name in ((photos, "photos.store"), (renders, "renders.store")):
        run = ts.embed(source, f"{stores}/{name}", workers="ray")
        print(f"{name}: {run.embedded} embedded, {run.unchanged} there, {run.failed} failed")

    result = ts.score(f"{stores}/photos.store", f"{stores}/renders.store", workers="ray")
    low, high = result.interval
    print(f"score {result.score:.2f} ({low:.2f} to {high:.2f}), overlap {result.overlap:.2f}")
