"""Many pictures in parts: no part has what another has, and what ends early goes on where it was."""
import hashlib
import json
import os
import signal
import subprocess
import time

from program import DEMO, NANO, PROGRAM, CommandTest, main, photo

COUNT = 12


def files(folder):
    """Every file below a folder, with its bytes."""
    found = {}
    for here, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(here, name)
            with open(path, "rb") as f:
                found[os.path.relpath(path, folder)] = f.read()
    return found


def times(folder):
    return {name: os.stat(os.path.join(folder, name)).st_mtime_ns for name in files(folder)}


class Batch(CommandTest):
    def setUp(self):
        super().setUp()
        os.makedirs("in/pets/old")
        for i in range(COUNT):
            photo(f"in/{('', 'pets/', 'pets/old/')[i % 3]}p{i}.png", 64 + i, 48, blue=10 * i)

    def batch(self, *arguments, code=0, **options):
        """Outcomes by item, and the summary."""
        done = self.run_it("batch", "in", "-o", "out", "--json", *arguments, code=code, **options)
        lines = [json.loads(line) for line in done.stdout.decode().splitlines()]
        outcomes = {line["item"]: line["outcome"] for line in lines}
        self.assertEqual(len(outcomes), len(lines), "an item came twice")
        return outcomes, done.stderr.decode().splitlines()[-1:]

    def everything(self, outcome="done"):
        return {name: outcome for name in files("in")}

    def assert_whole(self, *arguments):
        """Results are those of cutout, in the same folders, and there is nothing else."""
        for folder in ("", "pets", "pets/old"):
            self.run_it("cutout", os.path.join("in", folder), "-o", os.path.join("want", folder) + "/", *arguments)
        self.assertEqual(files("out"), files("want"))

    def test_results_are_those_of_cutout_in_folders_like_those_of_the_pictures(self):
        outcomes, summary = self.batch()
        self.assertEqual(outcomes, self.everything())
        self.assertRegex(summary[0], rf"shard 0/1: {COUNT} done, 0 already, 0 failed, 0 left")
        self.assert_whole()

    def test_options_of_each_picture_are_those_of_cutout(self):
        self.batch("--type", "#20a0ff", "--crop=3", "-f", "jpg", "--linear")
        self.assert_whole("--type", "#20a0ff", "--crop=3", "-f", "jpg", "--linear")

    def test_shards_are_disjoint_and_complete_and_the_same_everywhere(self):
        seen = {}
        for i in range(3):
            for item in self.batch("--shard", f"{i}/3")[0]:
                self.assertNotIn(item, seen)
                seen[item] = i
        self.assertEqual(set(seen), set(files("in")))
        for item, i in seen.items():
            sum = hashlib.sha256(item[:-len(".png")].encode()).digest()
            self.assertEqual(int.from_bytes(sum[:8], "big") % 3, i, item)
        self.assert_whole()

    def test_more_shards_than_pictures_leave_some_without_work(self):
        count = sum(len(self.batch("--shard", f"{i}/{COUNT + 4}")[0]) for i in range(COUNT + 4))
        self.assertEqual(count, COUNT)

    def test_auto_is_what_the_environment_says(self):
        want = [set(self.batch("--shard", f"{i}/2")[0]) for i in range(2)]
        for i in range(2):
            for names in ({"CLOUD_RUN_TASK_INDEX": i, "CLOUD_RUN_TASK_COUNT": 2},
                          {"AWS_BATCH_JOB_ARRAY_INDEX": i, "AWS_BATCH_JOB_ARRAY_SIZE": 2},
                          {"SLURM_ARRAY_TASK_ID": i, "SLURM_ARRAY_TASK_COUNT": 2},
                          {"SLURM_ARRAY_TASK_ID": 10 + 5 * i, "SLURM_ARRAY_TASK_COUNT": 2,
                           "SLURM_ARRAY_TASK_MIN": 10, "SLURM_ARRAY_TASK_STEP": 5}):
                env = {**os.environ, **{name: str(value) for name, value in names.items()}}
                self.assertEqual(set(self.batch("--shard", "auto", env=env)[0]), want[i], names)
        for names in ({}, {"CLOUD_RUN_TASK_INDEX": "1"}, {"CLOUD_RUN_TASK_INDEX": "2", "CLOUD_RUN_TASK_COUNT": "2"},
                      {"SLURM_ARRAY_TASK_ID": "x", "SLURM_ARRAY_TASK_COUNT": "2"}):
            self.run_it("batch", "in", "-o", "out", "--shard", "auto", code=2, env={**os.environ, **names})

    def test_wrong_usage_does_nothing(self):
        for arguments in (("in",), ("-o", "out"), ("in", "-o", "-"), ("-", "-o", "out"), ("in", "-o", "out", "--force"),
                          ("in", "-o", "out", "--shard", "2/2"), ("in", "-o", "out", "--shard", "0/0"),
                          ("in", "-o", "out", "--shard", "1"), ("in", "-o", "out", "--shard=-1/2"),
                          ("in", "-o", "out", "--resume", ""), ("in", "-o", "out", "-f", "jpg")):
            self.run_it("batch", *arguments, code=2)
        self.assertEqual(os.listdir(), ["in"])

    def test_two_pictures_with_one_result_are_refused_by_the_shard_that_has_both(self):
        os.link("in/p0.png", "in/p0.jpg")
        codes = [subprocess.run([PROGRAM, "batch", "in", "-o", "out", "-q", "--shard", f"{i}/3"],
                                stderr=subprocess.DEVNULL).returncode for i in range(3)]
        self.assertEqual(sorted(codes), [0, 0, 2])

    def test_a_damaged_picture_is_one_failed_item(self):
        with open("in/p0.png", "r+b") as f:
            f.truncate(200)
        outcomes, summary = self.batch("--resume", "state", code=1)
        self.assertEqual(outcomes, {**self.everything(), "p0.png": "failed"})
        self.assertIn(f"{COUNT - 1} done, 0 already, 1 failed", summary[0])
        photo("in/p0.png")
        outcomes, _ = self.batch("--resume", "state")
        self.assertEqual(outcomes, {**self.everything("already"), "p0.png": "done"})
        self.assert_whole()

    def test_what_is_done_is_done_unless_something_changed(self):
        self.batch("--resume", "state")
        before = times("out")
        self.assertEqual(self.batch("--resume", "state")[0], self.everything("already"))
        self.assertEqual(times("out"), before)
        photo("in/p0.png", 99, 48)
        os.remove("out/p3_cutout.png")
        with open("out/p6_cutout.png", "ab") as f:
            f.write(b"!")
        outcomes, _ = self.batch("--resume", "state")
        self.assertEqual({item for item, outcome in outcomes.items() if outcome == "done"},
                         {"p0.png", "p3.png", "p6.png"})
        self.assert_whole()
        self.assertEqual(self.batch("--resume", "state", "--threshold", "0.5")[0], self.everything())
        self.assertEqual(self.batch("--resume", "other")[0], self.everything())

    def test_a_result_of_another_recipe_is_made_again_though_it_has_the_same_size(self):
        red, blue = (["--resume", "state", "-f", "pam", "-t", colour] for colour in ("#ff0000", "#0000ff"))
        self.batch(*red)
        want = files("out")
        self.batch(*blue)
        self.assertEqual(self.batch(*red)[0], self.everything())
        self.assertEqual(files("out"), want)

    def test_no_shard_overwrites_a_picture_of_another(self):
        photo("in/p0_cutout.png", 20, 20, blue=1)
        before = files("in")["p0_cutout.png"]
        codes = {subprocess.run([PROGRAM, "batch", "in", "-o", "in", "-q", "--shard", f"{i}/16"],
                                stderr=subprocess.DEVNULL).returncode for i in range(16)}
        self.assertEqual(codes, {0, 2})
        self.assertEqual(files("in")["p0_cutout.png"], before)

    def test_every_option_that_changes_bytes_changes_the_key_and_no_other_does(self):
        photo("in/back.png", 9, 9)
        photo("in/front.png", 9, 9, blue=1)
        keys = {}

        def key(*options):
            lines = self.run_json("batch", "in/p0.png", "-o", "out", "--resume", "state", *options)
            return lines[0]["key"]

        for options in ([], ["-t", "map"], ["-t", "#000001"], ["-t", "#000002"], ["-t", "blur"], ["-R"], ["-c"], ["--crop=2"],
                        ["-t", "blur", "--blur", "3"], ["-t", "blur", "--linear"], ["--threshold", "0.5"],
                        ["--threshold", "0.6"], ["-t", "in/back.png"], ["-t", "in/front.png"], ["-e", "popart"],
                        ["-e", "popart:contrast=2"], ["-e", "popart", "--seed", "1"], ["-f", "webp"], ["--compat"],
                        ["--resize", "dynamic"], ["--resize", "dynamic", "--short-side", "64"],
                        ["--precision", "exact"], ["--engine", "plain"], ["--device", "cpu"], ["--shrink-to", "2"],
                        ["--model", NANO]):
            new = key(*options)
            self.assertNotIn(new, keys, (options, keys.get(new)))
            keys[new] = options
        for options in (["-j", "1"], ["-q"], ["--limit", "9"], ["--sandbox"], ["--no-cache"], ["--shard", "0/1"]):
            self.assertEqual(keys.get(key(*options)), [], options)

    def test_an_effect_that_is_missing_makes_its_picture_again(self):
        self.batch("--resume", "state", "-e", "color,popart")
        self.assertEqual(len(files("out")), 2 * COUNT)
        os.remove("out/p0_popart.png")
        outcomes, _ = self.batch("--resume", "state", "-e", "color,popart")
        self.assertEqual(outcomes, {**self.everything("already"), "p0.png": "done"})
        self.assertEqual(len(files("out")), 2 * COUNT)

    def test_results_inside_the_pictures_are_no_pictures(self):
        for outcome in ("done", "already"):
            lines = self.run_json("batch", "in", "-o", "in/cut", "--resume", "state")
            self.assertEqual([line["outcome"] for line in lines], [outcome] * COUNT)

    def start(self):
        return subprocess.Popen([PROGRAM, "batch", "in", "-o", "out", "--resume", "state", "--json"],
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def finish_after(self, printed):
        """The rest is made, and only the rest."""
        before = times("out")
        outcomes, _ = self.batch("--resume", "state")
        self.assertEqual(set(outcomes), set(files("in")))
        for item in printed:
            self.assertEqual(outcomes[item], "already", item)
        after = times("out")
        for item, outcome in outcomes.items():
            result = item[:-len(".png")] + "_cutout.png"
            if outcome == "already":
                self.assertEqual(after[result], before[result], item)
        self.assert_whole()

    def test_a_run_that_is_killed_after_any_picture_loses_and_repeats_none(self):
        for count in (1, COUNT // 2):
            process = self.start()
            printed = [json.loads(process.stdout.readline())["item"] for _ in range(count)]
            process.kill()
            printed += [json.loads(line)["item"] for line in process.stdout if line.endswith(b"\n")]
            process.communicate()
            self.assertLess(len(printed), COUNT)
        self.finish_after(printed)

    def test_a_run_that_is_killed_while_it_writes_leaves_no_half_file(self):
        for i in range(3):
            photo(f"in/large{i}.png", 2000, 2000)
        process = self.start()
        while process.poll() is None:
            if os.path.isdir("out") and any(name.startswith(".inspyr") for name in os.listdir("out")):
                process.kill()
        process.communicate()
        self.finish_after([])
        self.assert_no_leftovers("out")

    def test_a_request_to_end_finishes_what_is_in_hand_and_asks_for_another_try(self):
        process = self.start()
        printed = [json.loads(process.stdout.readline())["item"]]
        process.terminate()
        out, err = process.communicate()
        self.assertEqual(process.returncode, 75, err)
        printed += [json.loads(line)["item"] for line in out.splitlines()]
        left = COUNT - len(printed)
        self.assertGreater(left, 0)
        self.assertIn(f"{len(printed)} done, 0 already, 0 failed, {left} left", err.decode().splitlines()[-1])
        results = [name for name in files("out") if name.endswith("_cutout.png")]
        self.assertEqual(len(results), len(printed))
        self.finish_after(printed)

    def test_a_second_request_ends_at_once(self):
        for i in range(8):
            photo(f"in/large{i}.png", 1500, 1500)
        process = self.start()
        process.stdout.readline()
        while process.poll() is None:
            process.terminate()
            time.sleep(0.002)
        process.communicate()
        self.assertEqual(process.returncode, -signal.SIGTERM)
        self.assert_no_leftovers("out")

    def test_a_network_that_does_not_load_leaves_everything(self):
        done = self.run_it("batch", "in", "-o", "out", "--model", "nowhere.safetensors", code=1)
        self.assertNotIn(b"75", done.stderr)
        self.run_it("batch", "in", "-o", "out", "--model", "nowhere.safetensors", "--resume", "state", code=1)

    def test_files_have_their_own_names(self):
        lines = self.run_json("batch", os.path.join(DEMO, "chelsea.png"), "in/pets", "-o", "out")
        self.assertIn("chelsea.png", [line["item"] for line in lines])
        self.assertIn("old/p2.png", [line["item"] for line in lines])


main()
