#!/usr/bin/env python3
"""Cuts out the pictures of a folder, or of a bucket, with Ray Data: actors that load a network once and keep it.

    ray_batch.py photos/ cut/ [actors] [GPUs of each]

A picture that fails is a row that says so, never an exception, which would end the whole job. Results are named by the
SHA-256 of the picture and appear whole, so that rows which Ray makes twice, after a node was lost, do no harm."""
import hashlib
import os
import sys
import uuid


class Cutouts:
    """An actor. Ray has set CUDA_VISIBLE_DEVICES to what it was given: "cuda" is the first of those."""

    def __init__(self, folder, threads=0):
        import inspyr  # here: in the actor's process, after Ray has set its environment

        self.error = inspyr.InspyrError
        self.folder = folder
        device = "cuda" if os.environ.get("CUDA_VISIBLE_DEVICES", "").strip() not in ("", "-1") else None
        self.model = inspyr.Model(device=device, threads=threads)
        self.model.warmup()
        os.makedirs(folder, exist_ok=True)

    def one(self, data):
        name = os.path.join(self.folder, hashlib.sha256(data).hexdigest() + ".png")
        if not os.path.exists(name):
            png = self.model.cutout(bytes(data)).encode("png")
            part = f"{name}.{uuid.uuid4().hex}"  # processes of two nodes can have one number
            with open(part, "wb") as out:
                out.write(png)
            os.replace(part, name)
        return name

    def __call__(self, rows):
        made = {"path": rows["path"], "output": [], "status": [], "error": []}
        for data in rows["bytes"]:
            output, status, error = "", "OK", ""
            try:
                output = self.one(data)
            except self.error as e:
                status, error = e.name, str(e)
            except OSError as e:
                status, error = "ERR_FILE", str(e)
            made["output"].append(output)
            made["status"].append(status)
            made["error"].append(error)
        return made


def main(source, folder, actors=2, gpus=0):
    import ray

    rows = ray.data.read_binary_files(source, include_paths=True)
    rows = rows.map_batches(Cutouts, fn_constructor_args=(os.path.abspath(folder), 0 if gpus else 1),
                            batch_size=8, num_cpus=1, num_gpus=gpus, compute=ray.data.ActorPoolStrategy(size=actors))
    failed = 0
    for row in rows.iter_rows():
        failed += row["status"] != "OK"
        print(row["status"], row["path"], row["output"] or row["error"])
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2], int(sys.argv[3]) if sys.argv[3:] else 2,
                  float(sys.argv[4]) if sys.argv[4:] else 0))
