"""Pipes, full disks and folders that cannot be written."""
import os
import resource
import subprocess
import threading
import time
import unittest

import tiny_png
from program import PROGRAM, CommandTest, main, photo


class Streams(CommandTest):
    def setUp(self):
        super().setUp()
        photo("x.png")
        with open("x.png", "rb") as f:
            self.photo = f.read()

    def test_a_picture_goes_from_pipe_to_pipe(self):
        for arguments in (("-",), ("-", "-o", "-"), ("--", "-")):
            done = self.run_it("cutout", *arguments, input=self.photo)
            self.assertEqual(tiny_png.parse(done.stdout)[:3], (64, 48, 4))
            self.assertEqual(done.stderr.replace(b"inspyr: standard input: no subject found\n", b""), b"")

    def test_the_pipe_and_the_file_give_the_same_bytes(self):
        self.run_it("cutout", "x.png")
        with open("x_cutout.png", "rb") as f:
            self.assertEqual(self.run_it("cutout", "x.png", "-o", "-").stdout, f.read())

    def test_the_standard_input_has_a_name_in_a_folder(self):
        self.run_it("cutout", "-", "-o", "out/", input=self.photo)
        self.assertEqual(os.listdir("out"), ["stdin_cutout.png"])

    def test_nothing_on_the_standard_input_is_an_error(self):
        self.assertIn(b"standard input", self.run_it("cutout", "-", input=b"", code=1).stderr)

    def test_a_file_that_came_meanwhile_is_kept(self):
        process = subprocess.Popen([PROGRAM, "cutout", "-", "-o", "y.png"], stdin=subprocess.PIPE,
                                   stderr=subprocess.PIPE)
        process.stdin.write(self.photo[:100])
        process.stdin.flush()
        time.sleep(0.2)  # long enough to have asked whether the file exists
        with open("y.png", "w") as f:
            f.write("mine")
        self.assertIn(b"exists", process.communicate(self.photo[100:])[1])
        self.assertEqual(process.returncode, 1)
        with open("y.png") as f:
            self.assertEqual(f.read(), "mine")
        self.assert_no_leftovers()

    def test_times_do_not_get_into_the_result(self):
        done = self.run_it("cutout", "-", "--times", input=self.photo)
        tiny_png.parse(done.stdout)
        self.assertIn(b"network", done.stderr)

    def test_a_named_pipe_is_written_as_it_is(self):
        os.mkfifo("pipe.png")
        got = []

        def drain():
            with open("pipe.png", "rb") as f:
                got.append(f.read())

        reader = threading.Thread(target=drain, daemon=True)  # nobody may ever open the other end
        reader.start()
        self.run_it("cutout", "x.png", "-o", "pipe.png")
        reader.join(60)
        tiny_png.parse(got[0])

    def test_a_terminal_gets_no_picture(self):
        master, slave = os.openpty()
        self.run_it("cutout", "x.png", "-o", "-", stdout=slave, code=2)
        os.close(slave)
        os.close(master)

    def test_a_reader_that_went_away_is_an_error(self):
        reading, writing = os.pipe()
        os.close(reading)
        done = self.run_it("cutout", "x.png", "-o", "-", stdout=writing, code=1)
        self.assertIn(b"Broken pipe", done.stderr)
        os.close(writing)


class Bars(CommandTest):
    def on_a_terminal(self, *arguments):
        master, slave = os.openpty()
        environment = dict(os.environ, TERM="xterm")
        self.run_it("cutout", *arguments, stderr=slave, env=environment)
        os.close(slave)
        shown = os.read(master, 65536)
        os.close(master)
        return shown

    def test_several_pictures_show_a_bar_on_a_terminal(self):
        for name in ("a.png", "b.png"):
            photo(name)
        shown = self.on_a_terminal("a.png", "b.png", "-o", "out")
        self.assertIn(b"0/2", shown)
        self.assertRegex(shown, rb"2/2  [\d.]+ pictures/s  0:00 left")
        self.assertTrue(shown.endswith(b"\r\x1b[K"))

    def test_and_plain_lines_elsewhere(self):
        for name in ("a.png", "b.png"):
            photo(name)
        done = self.run_it("cutout", "a.png", "b.png", "-o", "out")
        self.assertIn(b"a.png -> out/a_cutout.png  64 x 48", done.stderr)
        self.assertNotIn(b"\x1b", done.stderr)
        done = self.run_it("cutout", "a.png", "b.png", "-o", "quiet", "--quiet")
        self.assertEqual(done.stderr, b"")


class Full(CommandTest):
    def setUp(self):
        super().setUp()
        photo("x.png", 200, 200)

    @unittest.skipUnless(os.path.exists("/dev/full"), "no /dev/full here")
    def test_a_full_disk_is_an_error(self):
        done = self.run_it("cutout", "x.png", "-o", "/dev/full", code=1)
        self.assertIn(b"No space left", done.stderr)
        with open("/dev/full", "wb") as full:
            self.run_it("cutout", "x.png", "-o", "-", stdout=full, code=1)
            self.run_it("cutout", "x.png", "-o", "y.png", "--json", stdout=full, code=1)
            self.run_it("--version", stdout=full, code=1)

    def test_a_disk_that_fills_up_leaves_nothing_behind(self):
        with open("old.png", "w") as f:
            f.write("old")

        def small():
            resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))

        self.run_it("cutout", "x.png", "-o", "new.png", preexec_fn=small, code=1)
        self.run_it("cutout", "x.png", "-o", "old.png", "--force", preexec_fn=small, code=1)
        self.assertEqual(sorted(os.listdir()), ["old.png", "x.png"])
        with open("old.png") as f:
            self.assertEqual(f.read(), "old")

    @unittest.skipUnless(os.path.isdir("/proc/self"), "no folder that nobody can write")
    def test_a_folder_that_cannot_be_written_is_an_error(self):
        self.assertIn(b"/proc", self.run_it("cutout", "x.png", "-o", "/proc", code=1).stderr)

    @unittest.skipIf(os.geteuid() == 0, "everything is allowed")
    def test_a_read_only_folder_is_an_error(self):
        os.mkdir("out", 0o555)
        self.assertIn(b"Permission denied", self.run_it("cutout", "x.png", "-o", "out", code=1).stderr)
        self.assertEqual(os.listdir("out"), [])

    def test_a_folder_that_cannot_be_made_is_an_error(self):
        self.run_it("cutout", "x.png", "-o", "missing/deep/", code=1)
        with open("file", "w"):
            pass
        # Neither the network nor a weight file is asked: all of them would fail.
        for target in ("missing/y.png", "file/y.png", "./missing/y.png"):
            for command in ("cutout", "sheet"):
                done = self.run_it(command, "x.png", "-o", target, "-m", "none.pth", code=1)
                self.assertIn(target.encode(), done.stderr)
                self.assertNotIn(b"none.pth", done.stderr)


main()
