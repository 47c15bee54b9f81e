"""Wrong usage ends with 2 before anything is done; help ends with 0."""
import os
import re

from program import CommandTest, main, photo

COMMANDS = ("cutout", "batch", "info", "eval", "sheet", "models", "pull", "convert", "bench")
MAN = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "bindings", "cli", "inspyr.1")


class Usage(CommandTest):
    def wrong(self, *arguments, says=""):
        done = self.run_it(*arguments, code=2)
        self.assertEqual(done.stdout, b"")
        self.assertIn(says.encode(), done.stderr)

    def test_no_command_is_wrong(self):
        self.wrong(says="usage: inspyr")

    def test_an_unknown_command_names_the_nearest(self):
        self.wrong("cutuot", "x.png", says="did you mean 'cutout'?")
        self.wrong("help", "evla", says="did you mean 'eval'?")

    def test_an_unknown_option_names_the_nearest(self):
        self.wrong("cutout", "--treads", "2", "x.png", says="did you mean '--threads'?")
        self.wrong("cutout", "--fromat=png", "x.png", says="did you mean '--format'?")
        self.wrong("eval", "--jsno", ".", says="did you mean '--json'?")

    def test_what_is_far_from_every_name_gets_no_suggestion(self):
        for arguments in (("bogus",), ("help", "bogus"), ("x",), ("cutout", "-x", "x.png"), ("info", "--bogus"),
                          ("cutout", "--picture", "x.png")):
            done = self.run_it(*arguments, code=2)
            self.assertNotIn(b"did you mean", done.stderr, arguments)
            self.assertIn(b"'" + arguments[arguments[0] in ("cutout", "help", "info")].encode() + b"'", done.stderr)

    def test_options_of_the_python_package_lead_to_ours(self):
        for option, ours in (("-s", "without an option"), ("--source", "without an option"), ("-d", "-o"),
                             ("--dest", "-o"), ("-D", "--device"), ("-r", "--resize"), ("-th", "--threshold"),
                             ("--mode", "--model"), ("--ckpt", "--model"), ("--jit", "not needed")):
            self.wrong("cutout", "x.png", option, "0", says=ours)

    def test_the_way_to_more_help_names_the_command(self):
        for command in COMMANDS:
            self.wrong(command, "--bogus", says=f"Try 'inspyr help {command}'.")
        self.wrong("bogus", says="Try 'inspyr --help'.")

    def test_values_are_checked(self):
        photo("x.png")
        for arguments in (("--threads", "many"), ("--threads", "257"), ("--threads=-1",), ("--crop=-1",),
                          ("--crop=",), ("--format", "gif"), ("--type", "red"), ("--type", "#12345"),
                          ("--type", "#12345g"), ("--limit", "0"), ("--force=yes",), ("-o",), ("-o", "")):
            self.wrong("cutout", "x.png", *arguments)
        self.assertEqual(os.listdir(), ["x.png"])

    def test_a_colour_that_the_shell_took_for_a_comment_is_explained(self):
        self.wrong("cutout", "x.png", "--type", says="quotes")

    def test_a_suffix_that_cannot_be_written_is_wrong(self):
        photo("x.png")
        self.wrong("cutout", "x.png", "-o", "y.gif", says="--format")

    def test_nothing_to_do_is_wrong(self):
        for command in COMMANDS:
            if command not in ("models", "bench"):
                self.wrong(command)
        photo("x.png")
        self.wrong("sheet", "x.png", says="-o")
        self.wrong("info", "x.png", "--build")
        self.wrong("eval", "a", "b")

    def test_rgba_into_jpeg_is_wrong_however_it_is_asked_for(self):
        photo("x.png")
        self.wrong("cutout", "x.png", "-o", "y.jpg", says="no transparency")
        self.wrong("cutout", "x.png", "-o", "y.jpeg", "--type", "rgba", says="no transparency")
        self.wrong("cutout", "x.png", "--format", "jpg", says="no transparency")
        self.assertEqual(os.listdir(), ["x.png"])

    def test_the_standard_output_holds_one_thing(self):
        photo("x.png")
        photo("y.png")
        self.wrong("cutout", "x.png", "-o", "-", "--json", says="--json")
        self.wrong("cutout", "-", "--json", says="--json")
        self.wrong("cutout", "x.png", "y.png", "-o", "-", says="only one")
        self.wrong("cutout", "-", "-", says="only once")

    def test_several_pictures_need_a_folder(self):
        photo("x.png")
        photo("y.png")
        photo("z.png")
        self.wrong("cutout", "x.png", "y.png", "-o", "z.png", "--force", says="not a folder")

    def test_a_folder_called_like_a_picture_needs_its_slash(self):
        photo("x.png")
        photo("y.png")
        self.wrong("cutout", "x.png", "y.png", "-o", "z.png", says="'z.png/'")
        self.assertEqual(sorted(os.listdir()), ["x.png", "y.png"])

    def test_a_margin_that_would_be_a_picture_is_explained(self):
        photo("x.png")
        for arguments in (("-c", "20", "x.png"), ("x.png", "--crop", "20"), ("-c20", "x.png"), ("-c=20", "x.png")):
            self.wrong("cutout", *arguments, "-o", "out", says="--crop=20")

    def test_help_is_there_for_everything(self):
        self.assertIn(b"cutout", self.run_it("--help").stdout)
        self.assertIn(b"cutout", self.run_it("help").stdout)
        for command in COMMANDS:
            page = self.run_it("help", command).stdout
            self.assertTrue(page.startswith(b"usage: inspyr " + command.encode()))
            self.assertEqual(self.run_it(command, "--help").stdout, page)

    def test_help_explains_itself_and_one_command_at_a_time(self):
        page = self.run_it("help", "help").stdout
        self.assertTrue(page.startswith(b"usage: inspyr help"))
        self.assertEqual(self.run_it("help", "--help").stdout, page)
        self.assertEqual(self.run_it("--help", "info").stdout, self.run_it("help", "info").stdout)
        self.wrong("help", "cutout", "info", says="one command")
        self.wrong("--version", "x", says="alone")

    def test_the_version_is_the_librarys(self):
        self.assertRegex(self.run_it("--version").stdout, rb"\Ainspyr \d+\.\d+\.\d+\n\Z")

    def test_the_man_page_knows_every_option(self):
        with open(MAN, encoding="ascii") as f:
            page = f.read().replace("\\-", "-")
        for command in COMMANDS:
            for option in re.findall(rb"--[a-z]+(?:-[a-z]+)*", self.run_it("help", command).stdout):
                self.assertIn(option.decode(), page)


main(needs=())
