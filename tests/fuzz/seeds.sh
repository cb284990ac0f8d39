#!/bin/sh
# Makes real and hostile files that the fuzzers start from: `seeds.sh BUILD DIRECTORY` fills DIRECTORY/image and
# DIRECTORY/prof. The real files are profiles of seeds.c and of Python's profilers.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
build=$1
mkdir -p "$2/image" "$2/prof"
cd "$2"

flags='-O1 -g -finstrument-functions -pthread'
# shellcheck disable=SC2086
${CC:-cc} $flags "$here/seeds.c" -o seeds
# shellcheck disable=SC2086
${CC:-cc} $flags "$here/seeds.c" -o seeds-alone -L"$build" -Wl,-rpath,"$build" -Wl,--no-as-needed -lprofile

# record NAME ARGUMENT...: makes an image and a profile of seeds.c with the ARGUMENTs. Discards the shell's message
# that a child was killed.
record() {
    name=$1
    shift
    PROFILE_OUT=image/$name ./seeds-alone "$@" 2>/dev/null || :
    "$build/profile" -o "prof/$name" ./seeds "$@" 2>/dev/null || :
}

record nothing
for what in recursion contexts jump threads strands signal fork exit killed; do
    record "$what" "$what"
done
record signals signal strands jump killed
record all recursion jump threads strands signal fork killed
record "quo'ted" recursion "it's a 'word'" '' 'two words'
rm -f image/*.prof
"$build/stats" --save prof/merged prof/recursion prof/threads
"$build/stats" --save prof/chosen --limit 3 prof/recursion
rm -f seeds seeds-alone

command -v python3 >/dev/null || exit 0
python3 - <<'END'
import cProfile, marshal, os, struct

def even(n):
    return n == 0 or odd(n - 1)

def odd(n):
    return n != 0 and even(n - 1)

profiler = cProfile.Profile()
profiler.runcall(lambda: [even(3), sorted([3, 1], key=lambda n: -n)])
profiler.create_stats()
stats = {("a" * (len(key[0]) > 9) + key[0][-9:],) + key[1:]: value[:4] + (
    {(c[0][-9:],) + c[1:]: v for c, v in value[4].items()},) for key, value in profiler.stats.items()}
for version in range(5):
    with open(f"prof/python{version}", "wb") as file:
        file.write(marshal.dumps(stats, version))

def counted(value):
    return value[:4] + ({caller: 3 if isinstance(v, tuple) else v for caller, v in value[4].items()},)

with open("prof/python-counts", "wb") as file:
    file.write(marshal.dumps({key: counted(value) for key, value in stats.items()}))
key, other = ("a.c", 1, "f"), ("~", 0, "<built-in>")
hostile = {
    "huge-counts": {key: (2 ** 63, 2 ** 70, 1e308, 1e308, {other: (2 ** 31, 2 ** 15, 1e308, -1e308)}),
                    other: (-1, 0, 1, 1, {})},
    "infinite": {key: (1, 1, float("inf"), float("-inf"), {key: (1, 1, float("inf"), 0.0)})},
    "strings": {("\x1b[31m\u202e\n", 0, "a\0b"): (True, 1, 0, 0, {}), ("é中𝔘", 3, ""): (1, 2, 3, 4, {})},
    "list": [1, 2], "nothing": {}, "tuple": {(1, 2): 3}, "code": {("f", 1, even.__code__): (1, 1, 0, 0, {})},
}
for name, value in hostile.items():
    with open("prof/" + name, "wb") as file:
        file.write(marshal.dumps(value))
raw = {
    "circle": b"\xfb\xa9\x03r\0\0\0\0", "circle-dict": b"\xfbr\0\0\0\0",
    "circle-callers": b"{\xa9\x03z\1fi\3\0\0\0z\1g)\5i\1\0\0\0i\1\0\0\0i\1\0\0\0i\1\0\0\0\xfbr\0\0\0\0r\1\0\0\0",
    "long-string": b"{)\3u\xff\xff\xff\x7fa", "long-number": b"{)\3z\1fl\xff\xff\xff\x7f\1\0",
    "long-tuple": b"{(\xff\xff\xff\xffz\1f", "nested": b"{" + b")\3" * 200, "nested-dicts": b"{" * 200,
    "interned": b"{(\3\0\0\0t\1\0\0\0fi\1\0\0\0R\0\0\0\0(\5\0\0\0i\1\0\0\0i\1\0\0\0f\x030.5f\x031.5{00",
}
raw["old"] = b"{(\3\0\0\0s\1\0\0\0fI\1\0\0\0\0\0\0\0s\1\0\0\0g(\5\0\0\0" + 4 * b"I\1\0\0\0\0\0\0\0" + b"{00"
raw["no-string"] = b"{)\3R\5\0\0\0"
raw["again"] = b"{" + b"".join(
    b")\3z\1fi" + struct.pack("<I", i) + b"z\1g)\5" + 4 * b"i\1\0\0\0" + (
        b"r\0\0\0\0" if i else b"\xfb" + b"".join(
            b")\3z\1fi" + struct.pack("<I", j) + b"z\1gi\1\0\0\0" for j in range(150)) + b"0")
    for i in range(90)) + b"0"
for name, value in raw.items():
    with open("prof/" + name, "wb") as file:
        file.write(value)

def write_image(name, image, patches):
    image = bytearray(image)
    for offset, form, value in patches:
        struct.pack_into(form, image, offset, value)
    with open("image/" + name, "wb") as file:
        file.write(image)

# Makes images with lost calls, and with wrong references. The offsets are those of runtime/format/image.h.
UNIT = 64
with open("image/threads", "rb") as file:
    image = file.read()
word = lambda offset: struct.unpack_from("<I", image, offset)[0]
thread = UNIT * word(36)
next_thread = UNIT * word(thread)
root, root2 = UNIT * word(thread + 4), UNIT * word(next_thread + 4)
child, child2 = UNIT * word(root + 40), UNIT * word(root2 + 40)
function, edge = UNIT * word(child + 32), UNIT * word(child + 52)
write_image("lost", image, [(function + 24, "<Q", 5), (thread + 72, "<Q", 7)])
write_image("records-in-a-circle", image, [(child + 44, "<I", child // UNIT)])
write_image("threads-in-a-circle", image, [(next_thread, "<I", thread // UNIT)])
write_image("frames-in-a-circle", image, [(UNIT * word(thread + 8) + 48, "<I", word(thread + 8))])
write_image("region", image, [(function + 20, "<I", len(image) // UNIT - 1)])
write_image("region-of-a-record", image, [(function + 20, "<I", child // UNIT)])
write_image("shared-root", image, [(next_thread + 4, "<I", root // UNIT)])
write_image("shared-edge", image, [(child2 + 52, "<I", edge // UNIT)])
write_image("beyond", image, [(child + 40, "<I", 0x7fffffff), (child + 32, "<I", 0xffffffff)])
END
