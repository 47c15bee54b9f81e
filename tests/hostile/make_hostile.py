#!/usr/bin/env python3
"""Checkpoints of every kind of malice, each with a part of the message that has to refuse it.

usage: make_hostile.py folder [program]
Writes the files and expected.txt into the folder, and runs the program there: none may be accepted, and none of the
commands that they carry may run. That the commands would run is shown first, with Python's own reader.
"""
import pickletools
import random
import subprocess
import sys
import tempfile
import zlib
from pathlib import Path

from hostile_bytes import (NUMBERS, ORDERED, PROTOCOL, REBUILD, Member, archive, call, checkpoint, dictionary,
                           members_of, number, numbers, storage, tensor, text)

LEAST = 200
MARKER = "executed.marker"
COMMAND = f"touch {MARKER}"
FINE = dictionary(("a", tensor()))
CASES = []


def case(name, data, message):
    CASES.append((f"{len(CASES):03d}_{name}", data, message))


def value(name, pickled, message, **more):
    """A dictionary whose one entry is made so."""
    case(name, checkpoint(dictionary(("a", pickled)), **more), message)


def names():
    for module, name in [
            ("os", "system"), ("posix", "system"), ("nt", "system"), ("os", "popen"), ("os", "execv"),
            ("subprocess", "Popen"), ("subprocess", "check_output"), ("subprocess", "run"), ("builtins", "eval"),
            ("builtins", "exec"), ("builtins", "open"), ("builtins", "getattr"), ("builtins", "__import__"),
            ("builtins", "compile"), ("__builtin__", "eval"), ("__builtin__", "file"), ("pty", "spawn"),
            ("shutil", "rmtree"), ("ctypes", "CDLL"), ("socket", "socket"), ("runpy", "run_path"), ("code", "interact"),
            ("importlib", "import_module"), ("pickle", "loads"), ("marshal", "loads"), ("types", "FunctionType"),
            ("types", "CodeType"), ("functools", "partial"), ("operator", "attrgetter"), ("timeit", "timeit"),
            ("pydoc", "pipepager"), ("webbrowser", "open"), ("urllib.request", "urlopen"), ("sys", "exit"),
            ("torch", "load"), ("torch.hub", "load"), ("torch.jit", "load"), ("torch.utils.collect_env", "run"),
            ("torch._utils", "_rebuild_parameter"), ("torch._utils", "_rebuild_tensor"),
            ("torch._utils", "_rebuild_sparse_tensor"), ("torch._utils", "_rebuild_qtensor"),
            ("torch._tensor", "_rebuild_from_type_v2"), ("torch.nn.modules.conv", "Conv2d"),
            ("torch.storage", "UntypedStorage"), ("numpy.core.multiarray", "_reconstruct"),
            ("collections", "defaultdict"), ("collections", "OrderedDict.__init__"), ("__main__", "Network")]:
        value(f"calls_{name}", call(module, name, COMMAND), f"data.pkl asks for {module}.{name}, which no weight file")
    for kind in ("Double", "Int", "Short", "Char", "Byte", "Bool", "ComplexFloat", "QInt8"):
        value(f"{kind}_storage", tensor(kind=f"torch {kind}Storage"), f"data.pkl asks for torch.{kind}Storage: only")
    value("class_of_storage", tensor(kind="os system"), "asks for os.system")
    value("hooks_call", tensor(hooks=call("os", "system", COMMAND)), "asks for os.system")
    value("long_name", call("m" * 100000, "n" * 100000, ""), "asks for mmmm")
    value("terminal_name", call("os", "\x1b]0;x\x07", ""), "asks for something unprintable")
    case("built_state", checkpoint(PROTOCOL + ORDERED + call("os", "system", COMMAND) + b"b."), "asks for os.system")
    case("persistent_call", checkpoint(PROTOCOL + call("os", "system", COMMAND) + b"Q."), "asks for os.system")
    case("no_dictionary", checkpoint(PROTOCOL + call("os", "system", COMMAND) + b"."), "asks for os.system")
    case("instance", checkpoint(PROTOCOL + b"(" + text(COMMAND) + b"ios\nsystem\n."), "opcode 0x69")
    case("stack_global", checkpoint(b"\x80\x04\x8c\x02os\x8c\x06system\x93."), "no pickle of protocol 2")
    case("stack_global_2", checkpoint(PROTOCOL + text("os") + text("system") + b"\x93" + text(COMMAND) + b"\x85R."),
         "opcode 0x93")
    value("argument_for_ordered", b"ccollections\nOrderedDict\n" + text("x") + b"\x85R", "calls something else")
    value("tensor_called", tensor() + b")R", "calls something else")
    value("storage_called", b"ctorch\nFloatStorage\n" + number(2**31 - 1) + b"\x85R", "calls something else")


def opcodes():
    known = set("cqrhj()tKMJX}suRQbGN]ae.") | {"\x85", "\x86", "\x87", "\x8a", "\x88", "\x89"}
    for opcode in pickletools.opcodes:
        if opcode.code not in known:
            value(f"opcode_{opcode.name}", opcode.code.encode("latin-1") + bytes(8), f"opcode 0x{ord(opcode.code):02x}")


def tensors():
    most = 2**63 - 1
    out = "a: offset or strides lead out of its 12 numbers"
    for name, lie, message in [
            ("offset_negative", dict(offset=-1), out), ("offset_behind", dict(offset=1), out),
            ("offset_huge", dict(offset=most), out), ("offset_least", dict(offset=-most - 1), out),
            ("offset_65_bits", dict(offset=2**64), "more than 64 bits"),
            ("stride_negative", dict(strides=(-4, 1)), out), ("stride_long", dict(strides=(5, 1)), out),
            ("stride_overflow", dict(strides=(most, most)), out),
            ("stride_wraps", dict(shape=(3, 2), strides=(2**63 - 1, 2)), out),
            ("stride_wraps_64", dict(shape=(5,), strides=(2**62,)), out),
            ("stride_bytes_wrap", dict(shape=(2,), strides=(2**62 - 1,)), out),
            ("side_zero", dict(shape=(0, 4)), "a side that is no positive"),
            ("side_negative", dict(shape=(-3, -4)), "a side that is no positive"),
            ("shape_long", dict(shape=(4, 4)), out), ("shape_wraps", dict(shape=(2**32, 2**32)), "more numbers than"),
            ("shape_wraps_3", dict(shape=(2**21, 2**22, 2**21), strides=(0, 0, 0)), "more numbers than"),
            ("shape_repeats", dict(shape=(2**40,), strides=(0,)), "repeats its numbers"),
            ("shape_repeats_little", dict(shape=(10000,), strides=(0,)), "repeats its numbers"),
            ("shape_repeats_most", dict(shape=(most,), strides=(0,)), "repeats its numbers"),
            ("five_sides", dict(shape=(1,) * 5, strides=(1,) * 5), "more than 4 dimensions"),
            ("many_sides", dict(shape=(1,) * 50000, strides=(1,) * 50000), "more than 4 dimensions"),
            ("strides_short", dict(strides=(1,)), "shape and strides differ"),
            ("count_short", dict(count=11), "11 numbers in 48 bytes"),
            ("count_long", dict(count=13), "13 numbers in 48 bytes"), ("count_zero", dict(count=0), "0 numbers in 48"),
            ("count_negative", dict(count=-12), "-12 numbers in 48"), ("count_most", dict(count=most), "numbers in 48"),
            ("count_wraps", dict(count=2**62 + 12), "numbers in 48"),
            ("width_wrong", dict(kind="torch LongStorage"), "12 numbers in 48"),
            ("width_half", dict(kind="torch HalfStorage"), "12 numbers in 48"),
            ("width_brain", dict(kind="torch BFloat16Storage"), "12 numbers in 48"),
            ("storage_missing", dict(key="1"), "the archive lacks its numbers"),
            ("storage_outside", dict(key="../data.pkl"), "names no member"),
            ("storage_nul", dict(key=b"0\0"), "names no member"), ("storage_unnamed", dict(key=""), "names no member"),
            ("storage_long", dict(key="0" * 4000), "names no member"),
            ("not_a_storage", dict(what="module"), "not described as torch.save"),
            ("class_is_dictionary", dict(kind="collections OrderedDict"), "not described as torch.save"),
            ("hooks", dict(hooks=ORDERED + number(1) + number(1) + b"s"), "a tensor with hooks")]:
        value(name, tensor(**lie), message)
    value("shape_of_texts", REBUILD + b"(" + storage() + number(0) + text("a") + b"\x85" + numbers((1,)) + b"\x89"
          + ORDERED + b"tR", "no integers")
    value("no_storage", REBUILD + b"(" + number(0) * 2 + b"))\x89" + ORDERED + b"tR", "not described as _rebuild")
    two_types = dictionary(("a", tensor(count=24, kind="torch HalfStorage", shape=(1,), strides=(1,))),
                           ("b", tensor(count=24, kind="torch BFloat16Storage", shape=(1,), strides=(1,))))
    case("two_types", checkpoint(two_types), "b: shares numbers with a tensor of another type")
    many = dictionary(*((f"t{i}", tensor(count=16384, shape=(16384,), strides=(1,))) for i in range(200)))
    case("shared_by_many", checkpoint(many, numbers=bytes(65536)), "share their numbers make twice the file")
    case("name_twice", checkpoint(dictionary(("a", tensor()), ("a", tensor()))), "a: two tensors of this name")
    for label, name in [("empty", ""), ("long", "n" * 192), ("newline", "a\n"), ("nul", "a\0b"), ("no_utf8", b"\xff"),
                        ("surrogate", b"\xed\xa0\x80"), ("escape", "\x1b[2J"), ("control", "\x9b2J")]:
        case(f"name_{label}", checkpoint(dictionary((name, tensor()))), "name is empty, too long or not printable")


def bombs():
    run = PROTOCOL + ORDERED
    for name, program, message in [
            ("memo_index", run + b"r\xff\xff\xff\xff", "remembered out of order"),
            ("memo_gap", run + b"q\x05", "remembered out of order"),
            ("memo_missing", run + b"h\x05", "never remembered"), ("memo_far", run + b"j\xff\xff\xff\xff", "never rem"),
            ("text_4_GiB", run + b"X\xff\xff\xff\xff", "is longer than"),
            ("text_long", run + text("x" * 5000), "longer"),
            ("text_behind", run + b"X\x00\x10\x00\x00abc", "cut short"), ("marks", run + b"(" * 100000, "too deeply"),
            ("tuples", run + b")" + b"\x85" * 100000, "too deeply"), ("stack", run + b"N" * 300000, "values at once"),
            ("dictionaries", run + b"}" * 300000, "dictionaries"), ("lists", run + b"]" * 300000, "values at once"),
            ("entries", run + b"KANs" * 300000, "entries"), ("wide_tuple", run + b"(" + b"N" * 70000 + b"t", "65535"),
            ("cells", run + b"](" + (b"(" + b"N" * 60 + b"t") * 40000, "values in tuples"),
            ("doubling", run + b")q\x00" + b"".join(bytes([104, i, 104, i, 0x86, 113, i + 1]) for i in range(40)),
             "too deeply"),
            ("storages", run + b"(" + storage() * 70000, "storages"),
            ("long_number", run + b"\x8a\xff" + b"\xff" * 255, "64"),
            ("itself", PROTOCOL + b"}q\x00" + text("a") + b"h\x00s.", "is no tensor"),
            ("underflow", run + b"sss", "nothing left"), ("below_mark", run + b"(R", "nothing left"),
            ("no_end", run, "no end"), ("two_ends", FINE + b".", "behind the end"), ("no_start", b"", "protocol 2"),
            ("empty", run + b".", "empty dictionary"), ("list_of", PROTOCOL + b"].", "something else"),
            ("alone", PROTOCOL + tensor() + b".", "single tensor"),
            ("many_built", run + (b"}" + text("_metadata") + b"}sb") * 9, "attributes"),
            ("built", run + b"}" + text("__class__") + b"}sb.", "attributes other than"),
            ("whole_training", dictionary(("epoch", number(1)), ("state_dict", b"}" + text("a") + tensor() + b"s")),
             'save its part "state_dict"'),
            ("random", PROTOCOL + random.Random(1).randbytes(20000), "data.pkl"), ("zeros", bytes(1000), "protocol 2"),
            ("larger_than_16_MiB", PROTOCOL + b"N" * (1 << 24), "is larger than")]:
        case(f"pickle_{name}", checkpoint(program), message)


def lie(name, message, member=0, header=None, entry=None, extra=b"", local_extra=b"", **ends):
    members = members_of(FINE)
    old = members[member]
    members[member] = Member(old.name, old.data, header, entry, extra, local_extra)
    case(f"zip_{name}", archive(members, **ends), message)


def archives():
    ones = dict(packed=0xFFFFFFFF, size=0xFFFFFFFF)
    huge = b"\x01\0\x10\0" + (2**64 - 1).to_bytes(8, "little") * 2
    elsewhere = "its header is not where"
    for name, message, entry in [
            ("deflated", "compressed, which torch.save never does", dict(method=8)),
            ("lzma", "compressed", dict(method=14)), ("encrypted", "encrypted", dict(flags=0x0809)),
            ("strongly_encrypted", "encrypted", dict(flags=0x0848)), ("masked", "encrypted", dict(flags=0x2808)),
            ("patched", "unknown flags", dict(flags=0x0828)), ("size_long", "two sizes", dict(size=10**6)),
            ("packed_long", "two sizes", dict(packed=10**6)),
            ("both_long", "reaches beyond", dict(size=10**6, packed=10**6)),
            ("both_most", "reaches beyond", dict(size=2**32 - 2, packed=2**32 - 2)),
            ("wide_missing", "a damaged extra field", ones), ("place_beyond", elsewhere, dict(place=10**6)),
            ("place_most", elsewhere, dict(place=2**32 - 2)), ("place_inside", elsewhere, dict(place=3)),
            ("volume", "in another volume", dict(volume=1)), ("mark", "directory is damaged", dict(mark=0)),
            ("name_beyond", "directory is damaged", dict(name_size=65535)),
            ("name_none", "name is empty", dict(name_size=0)),
            ("comment_beyond", "directory is", dict(comment_size=65535)),
            ("extra_beyond", "directory is damaged", dict(extra_size=65535)),
            ("crc", "data.pkl does not have the checksum", dict(crc=1)),
            ("name_other", "another name", dict(name=b"root/data.pkx")),
            ("name_control", "not printable", dict(name=b"root\n/data.pk")),
            ("method_header", "contradict", dict(flags=0))]:
        lie(name, message, entry=entry)
    for name, message, header in [
            ("header_flags", "contradict", dict(flags=1)),
            ("header_method", "contradict", dict(method=8)),
            ("header_name", "another name", dict(name=b"root/data.pkX")),
            ("header_name_size", "another name", dict(name_size=200)),
            ("header_extra", "lies over another member", dict(extra_size=40)),
            ("header_extra_beyond", "reaches beyond", dict(extra_size=65535))]:
        lie(name, message, header=header)
    lie("header_mark", elsewhere, member=1, header=dict(mark=0))
    lie("wide_huge", "reaches beyond", entry=ones, extra=huge)
    lie("wide_short", "damaged extra field", entry=ones, extra=b"\x01\0\x08\0" + bytes(8))
    lie("wide_twice", "damaged extra field", extra=(b"\x01\0\0\0") * 2)
    lie("extra_cut", "damaged extra field", extra=b"\x01\0\xff\0")
    lie("extra_rest", "damaged extra field", extra=b"\x01\0\0")
    lie("wide_place", elsewhere, entry=dict(place=2**32 - 1),
        extra=b"\x01\0\x08\0" + (2**64 - 30).to_bytes(8, "little"))
    members = members_of(FINE)
    place = sum(len(m.header() + m.data) for m in members) + 46 + len(members[0].name) + 4
    header = Member("root/data.pkl", b"").header()
    lie("header_in_directory", elsewhere, entry=dict(place=place, size=0, packed=0, crc=0),
        extra=b"ZZ" + len(header).to_bytes(2, "little") + header)
    lie("crc_numbers", "a is damaged (data/0)", member=2, entry=dict(crc=zlib.crc32(NUMBERS) ^ 1))
    lie("crc_version", "version does not have the checksum", member=3, entry=dict(crc=0))
    lie("crc_order", "byteorder does not have the checksum", member=1, entry=dict(crc=0))
    lie("over_another", "another name", member=2, entry=dict(place=0))
    for name, message, ends in [
            ("members_many", "members in a directory", dict(wide=False, end=dict(here=60000, members=60000))),
            ("members_few", "behind the last entry", dict(wide=False, end=dict(here=3, members=3))),
            ("members_none", "behind the last entry", dict(wide=False, end=dict(here=0, members=0))),
            ("volumes", "several volumes", dict(end=dict(volume=1))), ("volumes_2", "several", dict(end=dict(here=1))),
            ("end_size", "does not end at", dict(wide=False, end=dict(size=10))),
            ("end_place", "does not end at", dict(wide=False, end=dict(place=10))),
            ("end_most", "zip64 record is missing", dict(wide=False, end=dict(place=2**32 - 1))),
            ("end_comment", "cut short", dict(end=dict(comment=9))),
            ("behind", "5 bytes behind", dict(behind=b"after")),
            ("between", "does not end at", dict(between=b"between")),
            ("record_mark", "not where its locator says", dict(record=dict(mark=0))),
            ("record_length", "not where its locator says", dict(record=dict(length=2**63))),
            ("record_volume", "several volumes", dict(record=dict(volume=7))),
            ("record_differs", "contradict each other", dict(record=dict(size=2**40))),
            ("record_members", "are more than", dict(record=dict(here=2**60, members=2**60),
                                                     end=dict(here=65535, members=65535))),
            ("record_size", "does not end at", dict(record=dict(size=2**64 - 1), end=dict(size=2**32 - 1))),
            ("record_place", "does not end at", dict(record=dict(place=2**64 - 1), end=dict(place=2**32 - 1))),
            ("record_wraps", "does not end at", dict(record=dict(place=2**64 - 100, size=300),
                                                     end=dict(place=2**32 - 1, size=2**32 - 1))),
            ("locator_place", "not where its locator says", dict(locator=dict(place=2**64 - 1))),
            ("locator_start", "not where its locator says", dict(locator=dict(place=0))),
            ("locator_volumes", "several volumes", dict(locator=dict(volumes=2)))]:
        case(f"zip_{name}", archive(members_of(FINE), **ends), message)


def contents():
    members = members_of(FINE)
    case("no_pickle", archive(members[1:]), 'no member "data.pkl"')
    case("no_version", archive(members[:-1]), 'no member "version"')
    case("no_numbers", archive(members[:2] + members[3:]), "lacks its numbers")
    case("twice", archive(members + [Member("root/data.pkl", FINE)]), "two members of this name")
    case("numbers_twice", archive(members + [Member("root/data/0", NUMBERS)]), "two members of this name")
    case("two_roots", archive(members + [Member("other/data.pkl", FINE)]), "not one that torch.save")
    case("no_root", archive([Member("data.pkl", FINE)]), "not one that torch.save")
    case("upwards", archive(members + [Member("../../x", b"")]), "not one that torch.save")
    case("script", archive(members + [Member("root/code/x.py", b"")]), "TorchScript")
    case("script_compressed", archive(members + [Member("root/code/x.py", b"abc", dict(method=8), dict(method=8))]),
         "TorchScript")
    case("constants", archive(members + [Member("root/constants.pkl", b"")]), "TorchScript")
    case("nothing", archive([], wide=False), "not one that torch.save")
    for version in (b"", b"0", b"1", b"11", b"999999999999", b"x", b"-3", b"\xff" * 5000):
        case("version", checkpoint(FINE, version=version), "a version other than")
    case("big_endian", checkpoint(FINE, order=b"big"), "not little endian")
    case("numbers_short", checkpoint(FINE, numbers=NUMBERS[:-1]), "12 numbers in 47 bytes")
    whole = checkpoint(FINE)
    for part in range(32):
        case("cut", whole[:max(4, len(whole) * part // 32)], "cut short")
    case("page", b"<!DOCTYPE html><html><body>Quota exceeded</body></html>", "a web page")
    case("legacy", b"\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19.", "older than 1.6")
    case("tar", b"storages".ljust(257, b"\0") + b"ustar".ljust(255, b"\0"), "older than 1.6")
    case("bare", PROTOCOL + call("os", "system", COMMAND) + b".", "a bare pickle")
    case("pointer", b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n", "Git LFS")


def prove_command():
    """With a reader that executes, the marker appears: its absence later on means something."""
    with tempfile.TemporaryDirectory() as folder:
        program = "import pickle, sys; pickle.loads(sys.stdin.buffer.read())"
        evil = PROTOCOL + call("os", "system", COMMAND) + b"."
        subprocess.run([sys.executable, "-c", program], input=evil, cwd=folder, check=True)
        return (Path(folder) / MARKER).exists()


def main():
    folder = Path(sys.argv[1]).resolve()
    for family in (names, opcodes, tensors, bombs, archives, contents):
        family()
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MARKER).unlink(missing_ok=True)
    for old in folder.glob("[0-9][0-9][0-9]_*"):
        old.unlink()
    for name, data, _ in CASES:
        (folder / name).write_bytes(data)
    (folder / "fine.pth").write_bytes(checkpoint(FINE))
    (folder / "expected.txt").write_text("".join(f"{name}\t{message}\n" for name, _, message in CASES))
    print(f"{len(CASES)} hostile checkpoints in {folder}")
    wrong = []
    if len(CASES) < LEAST:
        wrong.append(f"fewer than {LEAST}")
    if not prove_command():
        wrong.append("the command would do nothing")
    if len(sys.argv) > 2 and subprocess.run([Path(sys.argv[2]).resolve(), "."], cwd=folder).returncode:
        wrong.append("the program failed")
    if (folder / MARKER).exists():
        wrong.append("a checkpoint was executed")
    for line in wrong:
        print(line)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
