"""`inspyr pull` against a server of our own: what is installed is whole, and what has come is never lost."""
import hashlib
import os
import pty
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

import https_server
from https_server import File, Proxy, Server, redirect, status
from program import PROGRAM, CommandTest, main

CONTENT = random.Random(1).randbytes(3 << 20)
NAME = "ckpt_base_nightly.pth"  # the one whose content nobody knows beforehand
CERTIFICATES = tempfile.mkdtemp(prefix="inspyr-test-")
CERTIFICATE = https_server.make_certificate(CERTIFICATES)


def sha256(content):
    return hashlib.sha256(content).hexdigest()


class PullTest(CommandTest):
    def setUp(self):
        super().setUp()
        self.server = Server(CERTIFICATE)
        self.addCleanup(self.server.stop)
        self.models = os.path.join(self.folder, "deep", "models")
        self.target = os.path.join(self.models, NAME)
        self.environment = {name: value for name, value in os.environ.items() if "proxy" not in name.lower()}
        self.environment.update(INSPYR_MODEL_DIR=self.models, INSPYR_PULL_URL=self.server.url,
                                INSPYR_CA_FILE=CERTIFICATE, TERM="xterm")

    def serve(self, what, name=NAME):
        self.server.files["/" + name] = what
        return what

    def pull(self, *arguments, name="base-nightly", code=0, **options):
        return self.run_it("pull", name, *arguments, code=code, env=self.environment, **options).stderr.decode()

    def content(self, suffix=""):
        with open(self.target + suffix, "rb") as f:
            return f.read()

    def assert_nothing_installed(self):
        self.assertFalse(os.path.exists(self.target))

    def range_of_last_request(self):
        return self.server.requests[-1][1].get("Range")


class Whole(PullTest):
    def test_a_download_is_installed_recorded_and_described(self):
        self.serve(File(CONTENT))
        said = self.pull()
        self.assertEqual(self.content(), CONTENT)
        self.assertEqual(sorted(os.listdir(self.models)), [NAME, NAME + ".sha256"])
        self.assertEqual(self.content(".sha256"), f"{sha256(CONTENT)}  {NAME}\n".encode())
        for text in (sha256(CONTENT), "MIT", "Taehun Kim", "research", self.target):
            self.assertIn(text, said)
        self.assertEqual(os.stat(self.models).st_mode & 0o777, 0o700)

    def test_quiet_says_nothing(self):
        self.serve(File(CONTENT))
        self.assertEqual(self.pull("--quiet"), "")

    def test_a_body_in_chunks_is_whole_too(self):
        self.serve(File(CONTENT, chunked=True))
        self.pull()
        self.assertEqual(self.content(), CONTENT)

    def test_what_is_there_is_not_downloaded_again(self):
        self.serve(File(CONTENT))
        self.pull()
        asked = len(self.server.requests)
        self.assertIn("is there already", self.pull())
        self.assertEqual(len(self.server.requests), asked)
        self.pull("--force")
        self.assertEqual(len(self.server.requests), asked + 1)

    def test_what_is_there_and_damaged_is_named_and_kept(self):
        self.serve(File(CONTENT))
        self.pull()
        with open(self.target, "r+b") as f:
            f.write(b"?")
        self.assertIn("--force", self.pull(code=1))
        self.assertEqual(self.content()[:1], b"?")
        self.pull("--force")
        self.assertEqual(self.content(), CONTENT)

    def test_progress_is_drawn_on_a_terminal(self):
        self.serve(File(CONTENT, pause=0.02))
        ours, theirs = pty.openpty()
        process = subprocess.Popen([PROGRAM, "pull", "base-nightly"], stderr=theirs, env=self.environment)
        os.close(theirs)
        drawn = b""
        try:
            while piece := os.read(ours, 65536):
                drawn += piece
        except OSError:
            pass  # how a terminal of Linux says that its other end is gone
        os.close(ours)
        self.assertEqual(process.wait(60), 0)
        self.assertRegex(drawn, rb"\[=+ +\] [012]\.\d/3\.0 MiB  \d+\.\d MiB/s  \d+:\d\d left")

    def test_a_redirection_is_followed(self):
        self.serve(redirect(self.server.url + "/elsewhere"))
        self.server.files["/elsewhere"] = File(CONTENT, cut_at=1 << 20)
        self.pull(code=1)
        self.server.files["/elsewhere"] = File(CONTENT)
        self.pull()
        self.assertEqual(self.content(), CONTENT)
        self.assertEqual(self.server.requests[-1][1]["If-Range"], '"one"')

    def test_the_proxy_of_the_environment_is_used(self):
        proxy = Proxy()
        self.addCleanup(proxy.stop)
        self.serve(File(CONTENT))
        self.environment["https_proxy"] = proxy.url
        self.pull()
        self.assertEqual(proxy.seen, [self.server.url.removeprefix("https://")])
        self.assertEqual(self.content(), CONTENT)


class Resumed(PullTest):
    def interrupted(self, **options):
        """Leaves the first MiB behind."""
        self.serve(File(CONTENT, cut_at=1 << 20, **options))
        self.assertIn("goes on from there", self.pull(code=1))
        self.assert_nothing_installed()
        self.assertEqual(self.content(".part"), CONTENT[:1 << 20])

    def test_a_broken_download_goes_on_where_it_ended(self):
        self.interrupted()
        self.serve(File(CONTENT))
        self.assertIn("going on", self.pull())
        self.assertEqual(self.range_of_last_request(), f"bytes={1 << 20}-")
        self.assertEqual(self.content(), CONTENT)
        self.assertEqual(sorted(os.listdir(self.models)), [NAME, NAME + ".sha256"])

    def test_a_date_is_as_good_as_an_etag(self):
        date = "Wed, 01 Jan 2020 00:00:00 GMT"
        self.interrupted(etag=None, modified=date)
        self.serve(File(CONTENT, etag=None, modified=date))
        self.pull()
        self.assertEqual(self.server.requests[-1][1]["If-Range"], date)
        self.assertEqual(self.content(), CONTENT)

    def test_a_file_that_changed_meanwhile_is_fetched_from_the_start(self):
        self.interrupted()
        other = bytes(reversed(CONTENT))
        self.serve(File(other, etag='"two"'))
        self.pull()
        self.assertEqual(self.content(), other)

    def test_a_server_without_ranges_starts_over(self):
        self.interrupted()
        self.serve(File(CONTENT, ranges=False))
        self.pull()
        self.assertEqual(self.content(), CONTENT)

    def test_without_a_validator_nothing_is_joined(self):
        self.serve(File(CONTENT, etag='W/"weak"', cut_at=1 << 20))
        self.assertNotIn("goes on", self.pull(code=1))
        self.serve(File(CONTENT, etag='W/"weak"'))
        self.pull()
        self.assertIsNone(self.range_of_last_request())
        self.assertEqual(self.content(), CONTENT)

    def test_a_part_from_another_address_is_not_used(self):
        self.interrupted()
        self.environment["INSPYR_PULL_URL"] = self.server.url + "/mirror/"
        self.server.files["/mirror/" + NAME] = File(CONTENT)
        self.pull()
        self.assertIsNone(self.range_of_last_request())
        self.assertEqual(self.content(), CONTENT)

    def part(self, content):
        os.makedirs(self.models)
        with open(self.target + ".part", "wb") as f:
            f.write(content)
        with open(self.target + ".part.from", "w") as f:
            f.write(f'{self.server.url}/{NAME}\n"one"\n')

    def test_a_part_that_is_complete_is_installed(self):
        self.part(CONTENT)
        self.serve(File(CONTENT))
        self.pull()
        self.assertEqual(len(self.server.requests), 1)
        self.assertEqual(self.content(), CONTENT)

    def test_a_part_that_is_too_long_is_dropped(self):
        self.part(CONTENT + b"more")
        self.serve(File(CONTENT))
        self.pull()
        self.assertEqual(len(self.server.requests), 2)
        self.assertEqual(self.content(), CONTENT)

    def test_another_range_than_asked_for_is_refused(self):
        def wrong(handler):
            handler.send_response(206)
            handler.send_header("Content-Range", f"bytes 5-9/{len(CONTENT)}")
            handler.send_header("Content-Length", "5")
            handler.end_headers()
            handler.wfile.write(b"12345")

        self.interrupted()
        self.serve(wrong)
        self.assertIn("another range", self.pull(code=1))
        self.assertEqual(self.content(".part"), CONTENT[:1 << 20])

    def start_slowly(self):
        self.serve(File(CONTENT, pause=0.1))
        process = subprocess.Popen([PROGRAM, "pull", "base-nightly"], stderr=subprocess.PIPE, env=self.environment)
        while not os.path.exists(self.target + ".part") or not os.path.getsize(self.target + ".part"):
            time.sleep(0.01)
        return process

    def test_an_interrupt_keeps_what_has_come(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            process = self.start_slowly()
            process.send_signal(number)
            process.communicate()
            self.assertEqual(process.returncode, -number)
            self.assertGreater(len(self.content(".part")), 0)
            self.assert_nothing_installed()
        self.serve(File(CONTENT))
        self.pull()
        self.assertIsNotNone(self.range_of_last_request())
        self.assertEqual(self.content(), CONTENT)

    def test_two_at_the_same_time_do_not_write_into_one_file(self):
        process = self.start_slowly()
        self.assertIn("another process", self.pull(code=1))
        process.communicate()
        self.assertEqual(process.returncode, 0)
        self.assertEqual(self.content(), CONTENT)


class Refused(PullTest):
    def test_a_wrong_checksum_is_not_installed(self):
        self.serve(File(CONTENT), "ckpt_base.pth")
        said = self.pull(name="base", code=1)
        self.assertIn(hashlib.md5(CONTENT).hexdigest(), said)
        self.assertIn("d692e3dd5fa1b9658949d452bebf1cda", said)
        self.assertEqual(os.listdir(self.models), [])
        self.pull("--force", name="base", code=1)
        self.assertEqual(os.listdir(self.models), [])

    def test_a_change_since_the_first_download_needs_force(self):
        self.serve(File(CONTENT))
        self.pull()
        os.unlink(self.target)
        other = CONTENT[:-1] + bytes([CONTENT[-1] ^ 1])
        self.serve(File(other))
        said = self.pull(code=1)
        self.assertIn(sha256(CONTENT), said)
        self.assertIn(sha256(other), said)
        self.assert_nothing_installed()
        self.pull("--force")
        self.assertEqual(self.content(), other)
        self.assertIn(sha256(other).encode(), self.content(".sha256"))

    def test_what_the_server_answers_is_said(self):
        for code in (403, 404, 500, 503):
            self.serve(status(code))
            self.assertIn(f"the server answers {code}", self.pull(code=1))
        self.assertEqual(os.listdir(self.models), [])

    def test_an_error_keeps_what_came_before(self):
        self.serve(File(CONTENT, cut_at=1 << 20))
        self.pull(code=1)
        self.serve(status(503))
        self.assertIn("503", self.pull(code=1))
        self.assertEqual(self.content(".part"), CONTENT[:1 << 20])

    def test_only_https_is_used(self):
        plain = Server(None)
        self.addCleanup(plain.stop)
        plain.files["/" + NAME] = File(CONTENT)
        self.serve(redirect(plain.url + "/" + NAME))
        self.pull(code=1)
        self.environment["INSPYR_PULL_URL"] = plain.url
        self.assertIn("only https", self.pull(code=1))
        self.assertEqual(plain.requests, [])
        self.assert_nothing_installed()

    def test_a_redirection_in_a_circle_ends(self):
        self.serve(redirect(self.server.url + "/" + NAME))
        self.pull(code=1)
        self.assertLess(len(self.server.requests), 10)

    def test_a_certificate_that_nobody_vouches_for_is_refused(self):
        del self.environment["INSPYR_CA_FILE"]
        self.serve(File(CONTENT))
        self.assertIn("certificate", self.pull(code=1).lower())
        self.environment["SSL_CERT_FILE"] = CERTIFICATE
        self.pull()

    def test_a_file_over_the_limit_is_refused(self):
        for chunked in (False, True):
            self.serve(File(CONTENT, chunked=chunked))
            self.assertIn("larger than 2 MiB", self.pull("--limit", "2", code=1))
            self.assert_nothing_installed()
        self.pull("--limit", "3")

    def test_a_host_that_is_not_there_is_an_error(self):
        self.environment["INSPYR_PULL_URL"] = "https://localhost:1"
        self.assertIn("base-nightly: ", self.pull(code=1))
        self.assertEqual(os.listdir(self.models), [])

    def test_a_server_that_falls_silent_is_left(self):
        self.serve(File(CONTENT, stall_at=1 << 20))
        began = time.monotonic()
        self.pull("--timeout", "1", code=1)
        self.assertLess(time.monotonic() - began, 4.5)
        self.assertGreater(len(self.content(".part")), 0)

    def test_a_full_disk_is_said_and_costs_nothing(self):
        def limited():
            resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, 1 << 20))

        self.serve(File(CONTENT))
        said = self.pull(code=1, preexec_fn=limited)
        self.assertIn(".part': ", said)
        self.assertEqual(self.content(".part"), CONTENT[:1 << 20])
        self.pull()
        self.assertEqual(self.range_of_last_request(), f"bytes={1 << 20}-")
        self.assertEqual(self.content(), CONTENT)

    def test_a_disk_that_is_really_full_too(self):
        os.makedirs(self.models)
        if os.geteuid() or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "none", self.models],
                                          stderr=subprocess.DEVNULL).returncode:
            self.skipTest("no file system can be mounted here")
        self.addCleanup(subprocess.run, ["umount", self.models])
        self.serve(File(CONTENT))
        self.assertIn("No space left", self.pull(code=1))
        self.assert_nothing_installed()

    def test_a_folder_that_cannot_be_made_is_an_error(self):
        with open("deep", "w"):
            pass
        self.assertIn("deep/models", self.pull(code=1))

    def test_without_any_folder_the_message_says_what_to_set(self):
        for name in ("HOME", "XDG_CACHE_HOME", "INSPYR_CACHE_DIR", "INSPYR_MODEL_DIR"):
            self.environment.pop(name, None)
        self.assertIn("INSPYR_MODEL_DIR", self.pull(code=1))

    def test_wrong_usage(self):
        for arguments in ((), ("nightly",), ("base", "--limit", "0"), ("base", "--timeout", "0")):
            self.run_it("pull", *arguments, code=2)


if not CERTIFICATE:
    print("openssl is missing: skipped")
    sys.exit(77)
unittest.addModuleCleanup(shutil.rmtree, CERTIFICATES)
main(needs=(), pull=True)
