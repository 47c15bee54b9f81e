"""Pickles and archives, byte by byte, with every field open to lies."""
import struct
import zlib

PROTOCOL = b"\x80\x02"
ORDERED = b"ccollections\nOrderedDict\n)R"
REBUILD = b"ctorch._utils\n_rebuild_tensor_v2\n"


def text(value):
    raw = value if isinstance(value, bytes) else value.encode()
    return b"X" + struct.pack("<I", len(raw)) + raw


def number(value):
    if 0 <= value < 256:
        return b"K" + bytes([value])
    if -2**31 <= value < 2**31:
        return b"J" + struct.pack("<i", value)
    size = 8 if -2**63 <= value < 2**63 else 9
    return b"\x8a" + bytes([size]) + value.to_bytes(size, "little", signed=True)


def numbers(values):
    return b"(" + b"".join(number(v) for v in values) + b"t"


def storage(key="0", count=12, kind="torch FloatStorage", what="storage"):
    module, name = kind.split(" ")
    return (b"(" + text(what) + f"c{module}\n{name}\n".encode() + text(key) + text("cpu") + number(count) + b"tQ")


def tensor(shape=(3, 4), strides=(4, 1), offset=0, hooks=ORDERED, **of_storage):
    return (REBUILD + b"(" + storage(**of_storage) + number(offset) + numbers(shape) + numbers(strides) + b"\x89" + hooks
            + b"tR")


def dictionary(*pairs):
    return PROTOCOL + ORDERED + b"(" + b"".join(text(name) + value for name, value in pairs) + b"u."


def call(module, name, argument):
    """What an attacker writes: module.name(argument), run as soon as the pickle is loaded."""
    return f"c{module}\n{name}\n".encode() + text(argument) + b"\x85R"


class Member:
    """A member and the fields of its header and its entry, by name: see `header` and `entry`."""

    def __init__(self, name, data, header=None, entry=None, extra=b"", local_extra=b""):
        self.name = name if isinstance(name, bytes) else name.encode()
        self.data, self.extra, self.local_extra = data, extra, local_extra
        self.header_lies, self.entry_lies = header or {}, entry or {}

    def header(self):
        fields = dict(mark=0x04034B50, version=0, flags=0x0808, method=0, time=0, crc=0, packed=0, size=0,
                      name_size=len(self.name), extra_size=len(self.local_extra), name=self.name)
        fields.update(self.header_lies)
        name = fields.pop("name")
        return struct.pack("<IHHHIIIIHH", *fields.values()) + name + self.local_extra

    def entry(self, place):
        fields = dict(mark=0x02014B50, made=0, version=0, flags=0x0808, method=0, time=0, crc=zlib.crc32(self.data),
                      packed=len(self.data), size=len(self.data), name_size=len(self.name), extra_size=len(self.extra),
                      comment_size=0, volume=0, inside=0, outside=0, place=place, name=self.name)
        fields.update(self.entry_lies)
        name = fields.pop("name")
        return struct.pack("<IHHHHIIIIHHHHHII", *fields.values()) + name + self.extra


def archive(members, wide=True, record=None, locator=None, end=None, between=b"", behind=b""):
    out, entries = b"", b""
    for member in members:
        entries += member.entry(len(out))
        out += member.header() + member.data
    place = len(out)
    out += entries + between
    if wide:
        fields = dict(mark=0x06064B50, length=44, made=0, version=0, volume=0, first=0, here=len(members),
                      members=len(members), size=len(entries), place=place)
        fields.update(record or {})
        at = len(out)
        out += struct.pack("<IQHHIIQQQQ", *fields.values())
        fields = dict(mark=0x07064B50, volume=0, place=at, volumes=1)
        fields.update(locator or {})
        out += struct.pack("<IIQI", *fields.values())
    fields = dict(mark=0x06054B50, volume=0, first=0, here=len(members), members=len(members), size=len(entries),
                  place=place, comment=0)
    fields.update(end or {})
    return out + struct.pack("<IHHHHIIH", *fields.values()) + behind


NUMBERS = struct.pack("<12f", *range(12))


def members_of(pickle, numbers=NUMBERS, version=b"3\n", order=b"little", root="root"):
    return [Member(f"{root}/data.pkl", pickle), Member(f"{root}/byteorder", order), Member(f"{root}/data/0", numbers),
            Member(f"{root}/version", version)]


def checkpoint(pickle, **more):
    return archive(members_of(pickle, **more))
