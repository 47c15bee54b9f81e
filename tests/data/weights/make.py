#!/usr/bin/env python3
"""Writes small.pth and the pickle seeds, and what torch reads in small.pth and in other checkpoints. Needs torch.

usage: make.py [checkpoint.pth...]    the checkpoints get a line each in large.txt

expected.txt: name, type, shape and the numbers' bytes of each tensor, in the order of the names.
large.txt: file, tensors, SHA-256 over all of them: name, NUL, type, NUL, each side in 8 bytes, numbers.
"""
import hashlib
import pickle
import sys
import zipfile
from collections import OrderedDict
from pathlib import Path

import torch

HERE = Path(__file__).resolve().parent
TYPES = {torch.float32: "F32", torch.float16: "F16", torch.bfloat16: "BF16", torch.int64: "I64"}


def bytes_of(tensor):
    return tensor.contiguous().reshape(-1).view(torch.uint8).numpy().tobytes()


def small():
    base = torch.arange(24, dtype=torch.float32).reshape(4, 6) / 8 - 1
    state = OrderedDict()
    state["layer.weight"] = torch.linspace(-1, 1, 24).reshape(2, 3, 2, 2)
    state["layer.half"] = torch.tensor([0, 1, -2, 65504, 6e-8], dtype=torch.float16)
    state["layer.brain"] = torch.tensor([[1, -0.5, 3e38], [1e-38, 0, 7]], dtype=torch.bfloat16)
    state["layer.num_batches_tracked"] = torch.tensor(2**40 + 7)
    state["layer.scalar"] = torch.tensor([0.25])
    state["view.all"] = base
    state["view.part"] = base[1:3, 2:5]
    state["view.row"] = base[2]
    state["view.step"] = base[::2, 1]
    state["view.turned"] = base.t()
    state["view.last"] = torch.zeros(2, 3, 4, 5).copy_(torch.arange(120).reshape(2, 3, 4, 5)).to(
        memory_format=torch.channels_last)
    state["view.repeated"] = torch.tensor([2.5]).expand(2, 3)
    state["z.same"] = state["layer.weight"]
    state._metadata = OrderedDict([("", {"version": 1}), ("layer", {"version": 2})])
    return state


def main():
    torch.save(small(), HERE / "small.pth")
    state = torch.load(HERE / "small.pth", weights_only=True)
    with open(HERE / "expected.txt", "w") as out:
        for name in sorted(state):
            shape = ",".join(str(side) for side in state[name].shape) or "-"
            print(name, TYPES[state[name].dtype], shape, bytes_of(state[name]).hex(), file=out)

    seeds = HERE.parent / "seeds"
    with zipfile.ZipFile(HERE / "small.pth") as archive:
        (seeds / "small.pkl").write_bytes(archive.read("small/data.pkl"))
    training = {"epoch": 3, "lr": 1e-3, "best": None, "steps": [1, 2], "state_dict": OrderedDict(a={"b": (1, True)})}
    (seeds / "training.pkl").write_bytes(pickle.dumps(training, protocol=2))

    if len(sys.argv) < 2:
        return
    with open(HERE / "large.txt", "w") as out:
        for path in sys.argv[1:]:
            state = torch.load(path, weights_only=True, map_location="cpu")
            digest = hashlib.sha256()
            for name in sorted(state):
                digest.update(name.encode() + b"\0" + TYPES[state[name].dtype].encode() + b"\0")
                for side in state[name].shape:
                    digest.update(side.to_bytes(8, "little"))
                digest.update(bytes_of(state[name]))
            print(Path(path).name, len(state), digest.hexdigest(), file=out)


if __name__ == "__main__":
    main()
