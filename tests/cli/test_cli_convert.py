"""`inspyr convert`, judged by a reader of our own."""
import collections
import hashlib
import io
import json
import math
import os
import pickle
import resource
import signal
import struct
import subprocess
import time
import unittest
import zipfile

import weight_files
from program import NANO, PROGRAM, ROOT, CommandTest, main, photo

PARITY = os.path.abspath(os.path.join(os.environ.get("INSPYR_SHARED", os.path.join(ROOT, "..", "shared")), "parity"))


def content(path):
    with open(path, "rb") as f:
        return f.read()


def distance_allowed(x):
    """Half a step of 8 significant bits."""
    return abs(x) * 2.0 ** -8


class Convert(CommandTest):
    def convert(self, source, target="out.safetensors", *arguments, code=0, **options):
        return self.run_it("convert", source, "-o", target, *arguments, code=code, **options).stderr.decode()

    def test_the_built_in_network_comes_out_as_it_went_in(self):
        said = self.convert(NANO)
        self.assertIn("out.safetensors  5.0 MiB", said)
        metadata, tensors = weight_files.read(NANO)
        new_metadata, new_tensors = weight_files.read("out.safetensors")
        source = new_metadata.pop("source_sha256", None)
        self.assertIn(source, (None, hashlib.sha256(content(NANO)).hexdigest()))
        self.assertEqual(new_metadata, metadata)
        self.assertEqual(new_tensors, tensors)
        self.assertEqual(list(new_tensors), sorted(tensors))
        self.convert("out.safetensors", "again.safetensors")
        self.assertEqual(content("again.safetensors"), content("out.safetensors"))

    def test_a_converted_network_makes_the_same_matte(self):
        photo("x.png")
        self.convert(NANO)
        self.run_it("cutout", "x.png", "--type", "map", "-o", "a.png")
        self.run_it("cutout", "x.png", "--type", "map", "-o", "b.png", "--model", "out.safetensors", "--no-cache")
        self.assertEqual(content("a.png"), content("b.png"))

    def test_bf16_halves_the_bytes_and_rounds_to_the_nearest(self):
        metadata, tensors = weight_files.read(NANO)
        wide = {name: weight_files.as_float32(tensor) for name, tensor in reversed(tensors.items())}
        weight_files.write("wide.safetensors", metadata, wide)
        self.convert("wide.safetensors", "out.safetensors", "--precision", "bf16")
        _, narrow = weight_files.read("out.safetensors")
        self.assertEqual(list(narrow), sorted(wide))
        for name, (dtype, shape, data) in narrow.items():
            self.assertEqual((dtype, shape, 2 * len(data)), ("BF16", wide[name][1], len(wide[name][2])))
            for x, y in zip(weight_files.floats("F32", wide[name][2]), weight_files.floats("BF16", data)):
                self.assertLessEqual(abs(x - y), distance_allowed(x), (name, x, y))
        self.assertAlmostEqual(os.path.getsize("out.safetensors") / os.path.getsize("wide.safetensors"), 0.5,
                               delta=0.01)
        self.convert("wide.safetensors", "exact.safetensors", "--precision", "exact")
        self.assertEqual(weight_files.read("exact.safetensors")[1], wide)

    def test_counters_of_training_are_left_out(self):
        metadata, tensors = weight_files.read(NANO)
        metadata["architecture"] = metadata["architecture"].replace('"batch_norm": "folded"',
                                                                    '"batch_norm": "separate"')
        for name, (dtype, shape, bias) in list(tensors.items()):  # norms that do what the biases did
            if name.endswith(".conv.bias") and not name.startswith("backbone."):
                del tensors[name]
                part, one = name.removesuffix("conv.bias") + "bn.", struct.pack("<e", 1)
                tensors.update({part + "weight": (dtype, shape, one * shape[0]), part + "bias": (dtype, shape, bias),
                                part + "running_mean": (dtype, shape, bytes(2 * shape[0])),
                                part + "running_var": (dtype, shape, one * shape[0]),
                                part + "num_batches_tracked": ("I64", [], struct.pack("<q", 7))})
        weight_files.write("trained.safetensors", metadata, tensors)
        self.convert("trained.safetensors")
        kept = {name: tensor for name, tensor in tensors.items() if tensor[0] != "I64"}
        self.assertEqual(weight_files.read("out.safetensors")[1], kept)
        self.assertLess(len(kept), len(tensors))

    def test_what_is_asked_for_is_written_down(self):
        self.convert(NANO, "out.safetensors", "--base-size", "256x128", "--blend", "300", "--name", "mine \u00e9",
                     "--licence", 'a "free" one')
        metadata, _ = weight_files.read("out.safetensors")
        architecture = json.loads(metadata["architecture"])
        self.assertEqual((architecture["base_size"], architecture["blend"]), ([128, 256], 300))
        self.assertEqual((metadata["name"], metadata["licence"]), ("mine \u00e9", 'a "free" one'))
        line, = self.run_json("info", "out.safetensors", "--no-cache")
        self.assertEqual((line["base_width"], line["base_height"], line["name"]), (256, 128, "mine \u00e9"))
        self.convert("out.safetensors", "off.safetensors", "--blend", "0")
        architecture = json.loads(weight_files.read("off.safetensors")[0]["architecture"])
        self.assertEqual(architecture["base_size"], [128, 256])
        self.assertNotIn("blend", architecture)
        self.assertIn("base_size", weight_files.read(NANO)[0])
        self.assertNotIn("base_size", metadata)

    def test_bf16_of_what_has_sixteen_bits_says_that_it_saves_nothing(self):
        self.assertIn("nothing smaller", self.convert(NANO, "a.safetensors", "--precision", "bf16"))
        self.assertEqual(self.convert(NANO, "b.safetensors", "--precision", "bf16", "-q"), "")
        self.assertNotIn("nothing", self.convert(NANO, "c.safetensors"))
        metadata, tensors = weight_files.read(NANO)
        weight_files.write("wide.safetensors", metadata,
                           {name: weight_files.as_float32(tensor) for name, tensor in tensors.items()})
        self.assertNotIn("nothing", self.convert("wide.safetensors", "d.safetensors", "--precision", "bf16"))

    def test_memory_does_not_grow_with_the_file(self):
        metadata, tensors = weight_files.read(NANO)
        wide = {name: weight_files.as_float32(tensor) for name, tensor in tensors.items()}
        weight_files.write("wide.safetensors", metadata, wide)
        data = {}
        for precision in ("exact", "bf16"):
            process = subprocess.Popen([PROGRAM, "convert", "wide.safetensors", "-o", precision + ".safetensors",
                                        "--precision", precision, "--quiet"])
            _, result, usage = os.wait4(process.pid, 0)
            process.returncode = result
            self.assertEqual(result, 0)
            data[precision] = usage.ru_maxrss
        # Mapped pages of the source count, too: what is asked is that nothing comes on top of them.
        self.assertLess(data["bf16"], data["exact"] + 4096)

    def test_a_file_that_is_there_needs_force(self):
        with open("out.safetensors", "w") as f:
            f.write("mine")
        self.assertIn("--force", self.convert(NANO, code=1))
        self.assertEqual(content("out.safetensors"), b"mine")
        self.convert(NANO, "out.safetensors", "--force", "--quiet")
        weight_files.read("out.safetensors")
        self.assert_no_leftovers()

    def test_the_source_is_never_overwritten(self):
        self.convert(NANO, "a.safetensors")
        before = content("a.safetensors")
        os.symlink("a.safetensors", "link.safetensors")
        os.link("a.safetensors", "hard.safetensors")
        for target in ("a.safetensors", "./a.safetensors", "link.safetensors", "hard.safetensors"):
            self.assertIn("overwrite", self.convert("a.safetensors", target, "--force", code=2))
        self.assertEqual(content("a.safetensors"), before)

    def test_what_does_not_fit_leaves_nothing(self):
        with open("text.pth", "w") as f:
            f.write("no weights at all")
        metadata, tensors = weight_files.read(NANO)
        del tensors["decoder.conv5.conv.weight"]
        weight_files.write("less.safetensors", metadata, tensors)
        self.assertIn("text.pth", self.convert("text.pth", code=1))
        self.assertIn("decoder.conv5", self.convert("less.safetensors", code=1))
        self.assertIn("missing.pth", self.convert("missing.pth", code=1))
        self.assertEqual(sorted(os.listdir()), ["less.safetensors", "text.pth"])

    def test_a_full_disk_is_an_error_and_leaves_nothing(self):
        def limited():
            resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, 1 << 20))

        self.assertIn("cannot write", self.convert(NANO, code=1, preexec_fn=limited))
        self.assertEqual(os.listdir(), [])
        os.symlink("/dev/full", "full.safetensors")
        self.assertIn("No space left", self.convert(NANO, "full.safetensors", code=1))

    def test_an_interrupt_leaves_nothing(self):
        for _ in range(10):
            process = subprocess.Popen([PROGRAM, "convert", NANO, "-o", "out.safetensors", "--precision", "bf16"],
                                       stderr=subprocess.DEVNULL)
            while process.poll() is None and not any(name.startswith(".inspyr") for name in os.listdir()):
                time.sleep(0.0005)
            process.send_signal(signal.SIGTERM)
            process.wait(60)
            self.assert_no_leftovers()
            if process.returncode == -signal.SIGTERM:
                return
            os.unlink("out.safetensors")
        print("no run could be stopped in the middle of writing")

    def test_wrong_usage(self):
        for arguments in ((), (NANO,), ("-o", "x.safetensors"), (NANO, "-o", "x.pth"), (NANO, "-o", ".safetensors"),
                          (NANO, NANO, "-o", "x.safetensors")):
            self.run_it("convert", *arguments, code=2)
        for arguments in (("--precision", "int8"), ("--precision", "auto"), ("--base-size", "31"),
                          ("--base-size", "64x"), ("--base-size", "4097"), ("--blend", "many")):
            self.run_it("convert", NANO, "-o", "x.safetensors", *arguments, code=2)
        self.assertIn("multiples of 16", self.convert(NANO, "x.safetensors", "--base-size", "40", code=1))
        self.assertEqual(os.listdir(), [])


class Storage:
    """Stands for a tensor's numbers: what they are and which member of the archive holds them."""

    def __init__(self, kind, key):
        self.kind, self.key = kind, key


class Checkpoint(pickle.Unpickler):
    """Reads the tensors of a file as torch.save() writes it, if they lie in it without gaps."""
    TYPES = {"FloatStorage": "F32", "HalfStorage": "F16", "BFloat16Storage": "BF16", "LongStorage": "I64"}

    def __init__(self, path):
        self.archive = zipfile.ZipFile(path)
        self.folder = next(name for name in self.archive.namelist() if name.endswith("data.pkl")).removesuffix("data.pkl")
        super().__init__(io.BytesIO(self.archive.read(self.folder + "data.pkl")))

    def find_class(self, module, name):
        if name == "_rebuild_tensor_v2":
            return self.tensor
        return collections.OrderedDict if name == "OrderedDict" else name

    def persistent_load(self, about):
        return Storage(self.TYPES[about[1]], about[2])

    def tensor(self, storage, offset, shape, strides, *unused):
        width, count = weight_files.WIDTHS[storage.kind], math.prod(shape)
        data = self.archive.read(f"{self.folder}data/{storage.key}")[offset * width:(offset + count) * width]
        return storage.kind, list(shape), data


@unittest.skipUnless(os.path.isdir(PARITY), f"{PARITY} is not there")
class Checkpoints(CommandTest):
    def test_every_tensor_of_a_checkpoint_arrives(self):
        for name, backbone in (("tiny_swin", "swin"), ("tiny_res2net", "res2net")):
            source = f"{PARITY}/{name}.pth"
            self.run_it("convert", source, "-o", name + ".safetensors", "--base-size", "64", "--blend", "48",
                        "--name", name)
            metadata, tensors = weight_files.read(name + ".safetensors")
            want = {key: value for key, value in Checkpoint(source).load().items()
                    if not key.endswith(("num_batches_tracked", "relative_position_index"))}
            self.assertEqual(set(tensors), set(want))
            for key, tensor in want.items():
                self.assertEqual(tensors[key], tensor, key)
            self.assertEqual(json.loads(metadata["architecture"]),
                             {"family": "inspyrenet", "backbone": backbone, "base_size": [64, 64], "blend": 48,
                              "mean": [0.485, 0.456, 0.406], "std": [0.229, 0.224, 0.225]})

    def test_a_converted_checkpoint_makes_the_same_matte(self):
        photo("x.png")
        source = f"{PARITY}/tiny_swin.pth"
        self.run_it("convert", source, "-o", "out.safetensors", "--base-size", "64x96")
        for target, model in (("a.png", (source, "--base-size", "64x96")), ("b.png", ("out.safetensors",))):
            self.run_it("cutout", "x.png", "--type", "map", "-o", target, "--no-cache", "--model", *model)
        self.assertEqual(content("a.png"), content("b.png"))

    def test_a_checkpoint_of_unknown_base_size_is_refused(self):
        done = self.run_it("convert", f"{PARITY}/tiny_swin.pth", "-o", "out.safetensors", code=1)
        self.assertIn(b"base size", done.stderr)
        self.assertEqual(os.listdir(), [])


main()
