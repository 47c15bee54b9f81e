#!/usr/bin/env python3
"""What else runs these networks on a processor, and this library, in turns: Swin-B with random weights.

usage: bench_peers.py CHECKPOINT FOLDER [--sizes 384 1024] [--threads 2 1] [--rounds 5] [--passes 3] [--json]

Run by hand with a Python that has torch, transparent-background, openvino, nncf and Pillow. CHECKPOINT: a .pth or
.safetensors of Swin-B, whose weights the library runs; FOLDER: where converted models are kept (1.6 GB). Contenders:
OpenVINO in float32, bf16 and int8 (quantised by nncf for transformers, calibrated on 32 photographs of
$INSPYR_SHARED), the package in float32 and under bf16 autocast, and `inspyr bench` ($INSPYR, else build/inspyr) in
every precision that it has here. Each has a process of its own in every round, so that what slows the machine slows all
alike; a figure is the median over the rounds of the fastest pass of a process for the peers and of the median pass for
the library, which gives the peers the advantage. Memory is the most that any of its processes had resident."""
import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import time

ROOT = os.path.join(os.path.dirname(os.path.realpath(__file__)), "..", "..")
PROGRAM = os.environ.get("INSPYR", os.path.join(ROOT, "build", "inspyr"))
SHARED = os.environ.get("INSPYR_SHARED", os.path.join(ROOT, "..", "shared"))
CALIBRATION = 32  # photographs; nncf's own default of 300 takes hours at 1024 and changes no time
PEERS = ("openvino f32", "openvino bf16", "openvino int8", "package fp32", "package bf16")
OURS = ("ours exact", "ours bf16", "ours int8")
BY_NAME = ("ours torch",)  # exact with the engine of that name, only where it is asked for
RIVALS = {"ours torch": ("package fp32",), "ours exact": ("openvino f32",), "ours bf16": ("openvino bf16",), "ours int8": ("openvino int8", "openvino bf16")}


def network(base):
    import torch
    from transparent_background.InSPyReNet import InSPyReNet_SwinB
    torch.manual_seed(0)
    return InSPyReNet_SwinB(depth=64, pretrained=False, base_size=[base, base], threshold=None).eval()


def photographs(base):
    """As the package prepares them."""
    import numpy
    from PIL import Image
    paths = []
    for room in ("data/photos", "data/train"):
        for folder, folders, names in os.walk(os.path.join(SHARED, room)):
            folders.sort()
            paths += [os.path.join(folder, name) for name in sorted(names) if name.lower().endswith((".jpg", ".jpeg"))]
    if len(paths) < CALIBRATION:
        sys.exit(f"bench_peers: {SHARED} has {len(paths)} photographs, and {CALIBRATION} are needed")
    for path in paths[:CALIBRATION]:
        with Image.open(path) as picture:
            pixels = numpy.asarray(picture.convert("RGB").resize((base, base), Image.BILINEAR), numpy.float32) / 255
        yield ((pixels - (0.485, 0.456, 0.406)) / (0.229, 0.224, 0.225)).transpose(2, 0, 1)[None].astype(numpy.float32)


def converted(folder, base, suffix=""):
    return os.path.join(folder, f"inspyrenet{base}{suffix}.xml")


def save(model, path):
    """Under its name only when it is whole."""
    import openvino
    whole = path[:-4] + ".new.xml"
    openvino.save_model(model, whole, compress_to_fp16=False)
    for end in ("bin", "xml"):
        os.replace(f"{whole[:-3]}{end}", f"{path[:-3]}{end}")


def convert(folder, base, precision):
    import openvino
    path = converted(folder, base)
    if not os.path.exists(path):
        import torch
        x = torch.randn(1, 3, base, base)
        with torch.inference_mode():
            traced = torch.jit.trace(network(base), x, check_trace=False)
            save(openvino.convert_model(traced, example_input=x, input=[1, 3, base, base]), path)
    if precision == "int8" and not os.path.exists(converted(folder, base, "_int8")):
        import nncf
        model = openvino.Core().read_model(path)
        data = nncf.Dataset(list(photographs(base)))  # gone through more than once
        save(nncf.quantize(model, data, model_type=nncf.ModelType.TRANSFORMER, subset_size=CALIBRATION),
             converted(folder, base, "_int8"))


def fastest(run, passes):
    """Behind one pass that warms up."""
    run()
    times = []
    for _ in range(passes):
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
    return min(times)


def run_openvino(base, precision, threads, passes, folder):
    import numpy
    import openvino
    path = converted(folder, base, "_int8" if precision == "int8" else "")
    hint = "f32" if precision == "f32" else "bf16"  # what is not quantised runs in bf16: the faster of the two
    compiled = openvino.Core().compile_model(path, "CPU", {
        "INFERENCE_PRECISION_HINT": hint, "PERFORMANCE_HINT": "LATENCY", "INFERENCE_NUM_THREADS": threads})
    x = numpy.random.default_rng(0).standard_normal((1, 3, base, base), numpy.float32)
    return fastest(lambda: compiled(x), passes)


def run_package(base, precision, threads, passes):
    import torch
    torch.set_num_threads(threads)
    model, x = network(base), torch.randn(1, 3, base, base)
    with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16, enabled=precision == "bf16"):
        return fastest(lambda: model(x), passes)


def child(a):
    kind, precision = a.child.split()
    if a.convert:
        convert(a.folder, a.sizes[0], precision)
        return
    run = run_openvino if kind == "openvino" else run_package
    more = (a.folder,) if kind == "openvino" else ()
    seconds = run(a.sizes[0], precision, a.threads[0], a.passes, *more)
    print(json.dumps({"seconds": seconds, "bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024}))


def ours(a, name, base, threads):
    """None: this build or processor does not have the precision."""
    weights = a.quantised if a.quantised and name == "ours int8" else a.checkpoint
    how = ["--engine", "torch", "--precision", "exact"] if name in BY_NAME else ["--precision", name.split()[1]]
    done = subprocess.run([PROGRAM, "bench", "--json", "--model", weights, "--base-size", str(base), "--threads",
                           str(threads), "--repeat", str(a.passes), *how],
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    if done.returncode:
        message = done.stderr.decode().strip()
        if "required, and engine" not in message:
            sys.exit(f"bench_peers: {name}: {message}")
        print(f"{name} is left out: {message}", file=sys.stderr)
        return None
    line = json.loads(done.stdout)
    return {"seconds": line["network_seconds"], "bytes": line["peak_bytes"], "instructions": line["instructions"],
            "ceiling": line["ceiling_gflops"], "gflops": line["gflops"]}


def peer(a, name, base, threads, *more):
    """The words of a process that prints nothing but its result, as the libraries' own messages would mix with it."""
    done = subprocess.run([sys.executable, os.path.abspath(__file__), a.checkpoint, a.folder, "--child", name, "--sizes",
                           str(base), "--threads", str(threads), "--passes", str(a.passes), *more],
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    if done.returncode:
        sys.exit(f"bench_peers: {name} at {base}: {done.stderr.decode()[-2000:]}")
    return None if more else json.loads(done.stdout.decode().splitlines()[-1])


def compare(a, base, threads):
    """Contender: its figures."""
    runs = {name: [] for name in (*PEERS, *OURS, *BY_NAME) if name in a.contenders}
    for turn in range(a.rounds):
        for name in list(runs):
            result = ours(a, name, base, threads) if name in (*OURS, *BY_NAME) else peer(a, name, base, threads)
            if result is None:
                del runs[name]
                continue
            runs[name].append(result)
            print(f"{base}, {threads} thread(s), round {turn + 1}: {name} {result['seconds']:.3f} s", file=sys.stderr)
    return {name: {**each[-1], "seconds": statistics.median(run["seconds"] for run in each),
                   "bytes": max(run["bytes"] for run in each)} for name, each in runs.items()}


def table(results):
    sets = {f["instructions"] for r in results for f in r["contenders"].values() if "instructions" in f}
    lines = [f"Kernels: {', '.join(sorted(sets)) or 'none of ours ran'}.", "",
             "| size | threads | contender | seconds | memory, GB | share of the ceiling | ratios |", "|---|---|---|---|---|---|---|"]
    for r in results:
        for name, f in r["contenders"].items():
            share = f"{100 * f['gflops'] / f['ceiling']:.0f} %" if f.get("ceiling") else ""
            ratios = ", ".join(f"{f['seconds'] / r['contenders'][rival]['seconds']:.2f} x {rival}"
                               for rival in RIVALS.get(name, ()) if rival in r["contenders"])
            lines.append(f"| {r['size']} | {r['threads']} | {name} | {f['seconds']:.3f} | {f['bytes'] / 1e9:.2f} "
                         f"| {share} | {ratios} |")
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checkpoint")
    parser.add_argument("folder")
    parser.add_argument("--sizes", type=int, nargs="+", default=[384, 1024])
    parser.add_argument("--threads", type=int, nargs="+", default=[2, 1])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--passes", type=int, default=3, help="timed in each process")
    parser.add_argument("--contenders", nargs="+", default=[*PEERS, *OURS], choices=[*PEERS, *OURS, *BY_NAME])
    parser.add_argument("--quantised", help="what `inspyr quantise` made of the checkpoint; else ranges are those of each pixel")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--convert", action="store_true", help="only make the models that OpenVINO runs")
    parser.add_argument("--child", help=argparse.SUPPRESS)
    a = parser.parse_args()
    if a.child:
        return child(a)
    os.makedirs(a.folder, exist_ok=True)
    for base in a.sizes:  # in processes of their own, whose memory is nobody's
        for name in ("openvino f32", "openvino int8"):
            if name in a.contenders:
                peer(a, name, base, a.threads[0], "--convert")
    if a.convert:
        return None
    results = [{"size": base, "threads": threads, "contenders": compare(a, base, threads)}
               for base in a.sizes for threads in a.threads]
    print(json.dumps(results) if a.json else table(results))
    return None


main()
