"""`inspyr bench`: what it measures is there, positive and adds up; what cannot be measured is refused."""
import os

from program import NANO, CommandTest, main

POSITIVE = ("network_seconds", "fastest_seconds", "slowest_seconds", "load_seconds", "compile_seconds", "first_seconds",
            "gflop", "gflops", "ceiling_gflops", "pass_bytes", "packed_bytes", "peak_bytes", "first_faults",
            "profiled_seconds")
SHORT = ("--size", "64", "--repeat", "3")


class Bench(CommandTest):
    def refused(self, *arguments, says, code=2):
        done = self.run_it("bench", *arguments, code=code)
        self.assertEqual(done.stdout, b"")
        self.assertIn(says, done.stderr.decode())

    def test_a_measurement_is_whole(self):
        line, = self.run_json("bench", *SHORT, "-j", "1", "--precision", "exact")
        for field in POSITIVE:
            self.assertGreater(line[field], 0, field)
        self.assertGreaterEqual(line["faults_per_pass"], 0)
        self.assertEqual((line["model"], line["engine"], line["precision"]), ("nano", "plain", "exact"))
        self.assertEqual((line["threads"], line["batch"], line["repeat"]), (1, 1, 3))
        self.assertEqual((line["network_width"], line["network_height"]), (64, 64))
        self.assertLessEqual(line["fastest_seconds"], line["network_seconds"])
        self.assertLessEqual(line["network_seconds"], line["slowest_seconds"])
        self.assertAlmostEqual(line["gflop"] / line["network_seconds"], line["gflops"], delta=1e-3 * line["gflops"])

    def test_groups_lie_within_the_pass(self):
        for threads in "1", "2":
            line, = self.run_json("bench", *SHORT, "-j", threads, "--precision", "exact")
            groups = line["groups"]
            names = [group["name"] for group in groups]
            self.assertLess({"backbone.blocks", "context5", "decoder", "attention0"}, set(names))
            self.assertEqual(len(names), len(set(names)))
            self.assertLessEqual(sum(group["seconds"] for group in groups), line["profiled_seconds"])
            self.assertAlmostEqual(sum(group["gflop"] for group in groups), line["gflop"], places=6)

    def test_by_default_every_precision_is_measured_with_one_thread_and_with_all(self):
        lines = self.run_json("bench", *SHORT)
        precisions = [line["precision"] for line in lines if line["threads"] == 1]
        self.assertEqual(precisions[0], "exact")
        self.assertEqual(len(precisions), len(set(precisions)))
        processors = len(os.sched_getaffinity(0))
        self.assertEqual([(line["threads"], line["precision"]) for line in lines],
                         [(n, p) for n in sorted({1, processors}) for p in precisions])

    def test_sizes_can_be_repeated_and_a_batch_costs_as_many_passes(self):
        lines = self.run_json("bench", "--size", "64", "--size", "96x64", "--batch", "2", "--repeat", "1", "-j", "1",
                              "--precision", "exact", "--model", NANO)
        self.assertEqual([(line["network_width"], line["network_height"], line["batch"]) for line in lines],
                         [(64, 64, 2), (96, 64, 2)])
        one, = self.run_json("bench", *SHORT, "-j", "1", "--precision", "exact")
        self.assertAlmostEqual(lines[0]["gflop"], 2 * one["gflop"], places=6)

    def test_the_table_says_the_same(self):
        table = self.run_it("bench", *SHORT, "-j", "1", "--precision", "exact").stdout.decode()
        for word in ("64 x 64", "1 thread,", "GFLOP/s", "ceiling", "page faults", "attention0", "MiB", "warming up"):
            self.assertIn(word, table)
        for line in table.splitlines():
            self.assertLessEqual(len(line), 130)

    def test_nonsense_is_refused_and_the_range_named(self):
        for arguments, says in ((("--size", "31"), "--size is N or WxH, each from 32 to 4096"),
                                (("--size", "64x"), "not '64x'"), (("--batch", "0"), "1 to 64"),
                                (("--batch", "65"), "1 to 64"), (("--repeat", "0"), "1 to 1000"),
                                (("--repeat", "x"), "1 to 1000"), (("--precision", "fp32"), "exact, bf16"),
                                (("--engine", "fast"), "plain"), (("--threads=-1",), "0 to 256"),
                                (("x.png",), "takes no files"), (("--resize", "static"), "--resize"),
                                (("--size", "64") * 17, "16 times")):
            self.refused(*arguments, says=says)

    def test_what_is_not_there_is_an_error(self):
        self.refused(*SHORT, "--model", "none.safetensors", says="none.safetensors", code=1)
        self.refused(*SHORT, "--precision", "fp16", says="precision fp16", code=1)


main(needs=("builtin",))
