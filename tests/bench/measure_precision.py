#!/usr/bin/env python3
"""What reduced precisions do to the mattes of photographs, set by set.

    measure_precision.py FOLDER [--precisions bf16,int8] [options of inspyr eval: --model FILE --base-size 192 -j 1]

FOLDER: sets of photos with masks, as `inspyr eval` takes them ($INSPYR_SHARED/data/eval). For each set: the mean IoU at
0.5 against the masks in float32 and in the other precision, and the mean absolute difference of the two alphas, of 1,
over the pixels of a picture and then over the pictures (davis: over each sequence, then over the sequences). Alphas are
compared as 8-bit maps: rounding each of them adds no bias where alpha is between 0 and 1. A precision that this build
or this processor does not have is named and left out. The command is $INSPYR, else build/inspyr of this source tree.
"""
import argparse
import collections
import json
import os
import runpy
import statistics
import subprocess
import sys
import tempfile

compare = runpy.run_path(os.path.join(os.path.dirname(os.path.realpath(__file__)), "compare"))
BARS = {"exact": (0, 0), "bf16": (0.002, 0.002), "int8": (0.005, 0.005)}  # alpha, IoU


def inspyr(*arguments):
    return subprocess.run([compare["PROGRAM"], *arguments], capture_output=True, text=True, check=False)


def must(*arguments):
    done = inspyr(*arguments)
    if done.returncode:
        sys.exit(f"measure_precision: {done.stderr.strip()}")
    return done.stdout


def apart(one, other):
    pairs = collections.Counter(zip(compare["read_map"](one), compare["read_map"](other)))
    return sum(abs(x - y) * n for (x, y), n in pairs.items()) / (255 * sum(pairs.values()))


def write_maps(folder, target, precision, options):
    """The photos' maps by the photos' paths; a folder of the target for each folder of photos."""
    maps = {}
    for number, (path, photos) in enumerate(compare["photos_of"](folder).items()):
        here = os.path.join(target, str(number))
        os.makedirs(here)
        lines = must("cutout", *photos, "-o", here + os.sep, "--type", "map", "--format", "pam", "--json",
                     "--precision", precision, *options)
        maps[path] = [json.loads(line)["output"] for line in lines.splitlines()]
    return maps


def differences(folder, one, other):
    """By set: the mean of its folders' means."""
    sets = collections.defaultdict(list)
    for path, maps in one.items():
        inside = os.path.relpath(path, folder).split(os.sep)[0]
        name = os.path.basename(os.path.abspath(folder)) if inside == "." else inside
        sets[name].append(statistics.fmean(apart(a, b) for a, b in zip(maps, other[path])))
    return {name: statistics.fmean(means) for name, means in sets.items()}


def ious(folder, precision, options):
    report = json.loads(must("eval", folder, "--json", "--precision", precision, *options))
    return {s["name"]: (s["pictures"], s["mean_iou"]) for s in report["sets"]}


def main():
    a = argparse.ArgumentParser(description=__doc__, allow_abbrev=False,
                                formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument("folder")
    a.add_argument("--precisions", default="bf16,int8", help="also exact, as a check: all differences are 0")
    args, options = a.parse_known_args()
    first = next(iter(compare["photos_of"](args.folder)), None) or a.error("no photos with masks there")

    print("set        pictures  precision  IoU exact  IoU       change   mean |alpha difference|")
    with tempfile.TemporaryDirectory(prefix="inspyr-precision-") as scratch:
        exact = ious(args.folder, "exact", options)
        plain = write_maps(args.folder, os.path.join(scratch, "reference"), "exact", options)
        for precision in args.precisions.split(","):
            asked = inspyr("eval", first, "--json", "--precision", precision, *options)
            if asked.returncode:
                print(f"{precision} is left out: {asked.stderr.strip()}")
                continue
            reduced = ious(args.folder, precision, options)
            maps = write_maps(args.folder, os.path.join(scratch, precision), precision, options)
            for name, difference in differences(args.folder, plain, maps).items():
                (pictures, before), after = exact[name], reduced[name][1]
                bars = BARS.get(precision)
                good = not bars or (difference <= bars[0] and abs(after - before) <= bars[1])
                print(f"{name:10} {pictures:8}  {precision:9}  {before:9.4f}  {after:.4f}  {after - before:+8.4f}"
                      f"   {difference:.5f}{'' if good else '  over the bar'}")


if __name__ == "__main__":
    main()
