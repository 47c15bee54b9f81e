"""An interrupt leaves whole results and nothing else."""
import os
import signal
import subprocess
import time

from program import PROGRAM, CommandTest, main, photo

SIDE = 2000  # a result of 16 MB takes long enough to be interrupted


def whole(path):
    with open(path, "rb") as f:
        header = f.read(200).split(b"ENDHDR\n")[0] + b"ENDHDR\n"
    return os.path.getsize(path) == len(header) + SIDE * SIDE * 4


class Signals(CommandTest):
    def setUp(self):
        super().setUp()
        photo("a.png", SIDE, SIDE)
        for name in ("b.png", "c.png", "d.png"):
            os.link("a.png", name)
        os.mkdir("out")

    def interrupt(self, number, when):
        process = subprocess.Popen([PROGRAM, "cutout", "a.png", "b.png", "c.png", "d.png", "-o", "out", "--format",
                                    "pam", "--force"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        hit = False
        while process.poll() is None and not hit:
            hit = when()
        if hit:
            process.send_signal(signal.SIGSTOP)  # so that we can look before it goes on
            in_the_middle = any(name.startswith(".inspyr") for name in os.listdir("out"))
            process.send_signal(number)
            process.send_signal(signal.SIGCONT)
            self.assertEqual(process.wait(600), -number)
        else:
            in_the_middle = False
        self.assert_no_leftovers("out")
        for name in os.listdir("out"):
            self.assertTrue(whole("out/" + name), name)
            os.unlink("out/" + name)
        return in_the_middle

    def test_an_interrupt_in_the_middle_of_writing_leaves_no_half_file(self):
        def writing():
            return any(name.startswith(".inspyr") for name in os.listdir("out"))

        hits = 0
        for _ in range(20):
            hits += self.interrupt(signal.SIGINT if hits % 2 else signal.SIGTERM, writing)
            if hits == 4:
                break
        if not hits:
            print("no run could be stopped in the middle of writing")

    def test_an_interrupt_before_the_first_result_leaves_nothing(self):
        began = time.monotonic()
        self.interrupt(signal.SIGINT, lambda: time.monotonic() - began > 0.05)

    def test_a_shell_sees_the_status_that_the_manual_names(self):
        process = subprocess.Popen(["sh", "-c", '"$0" cutout *.png -o out --format pam & sleep 0.1; kill $!; wait $!',
                                    PROGRAM], stderr=subprocess.DEVNULL)
        self.assertEqual(process.wait(600), 128 + signal.SIGTERM)
        self.assert_no_leftovers("out")

    def test_an_interrupt_that_was_ignored_stays_ignored(self):
        photo("small.png")
        process = subprocess.Popen([PROGRAM, "cutout", "small.png", "-o", "out/small.png"],
                                   preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_IGN))
        time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.wait(600), 0)
        self.assertTrue(os.path.exists("out/small.png"))


main()
