#!/bin/sh
# Installs what was built, moves the tree, and lives from it as a stranger would: the README's program through
# pkg-config, shared and static; that of docs/migration.md; a CMake project with find_package; the command.
# usage: run.sh build-folder [compiler]
set -eu
build=$(cd "$1" && pwd) cc=${2:-cc}
here=$(cd "$(dirname "$0")" && pwd)
root=$here/../..
photo=$root/demo/chelsea.png
for tool in cmake pkg-config; do
    command -v $tool >/dev/null || { echo "skipped: no $tool here"; exit 77; }
done

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
cmake --install "$build" --prefix "$work/first place" >/dev/null
mv "first place" "second place" # the packages' paths must be relative
prefix="$work/second place"
libdir=$(dirname "$(find "$prefix" -name libinspyr.a)")
export PKG_CONFIG_PATH="$libdir/pkgconfig"
for file in include/inspyr.h include/inspyr_cache.h share/doc/inspyr/LICENSE share/doc/inspyr/NOTICE; do
    [ -f "$prefix/$file" ] || { echo "$file is not installed"; exit 1; }
done

same_png() { # a PNG, and the same bytes as the first one
    [ "$(head -c 4 "$1" | tail -c 3)" = PNG ] || { echo "$1 is no PNG"; exit 1; }
    cmp "$1" shared.png
}

echo "-- the README's program with pkg-config"
sed -n '/^```c$/,/^```$/p' "$root/README.md" | sed -n '/^#include/,/^}/p' >program.c
[ "$(grep -c 'int main' program.c)" = 1 ] || { echo "README.md has no single program"; exit 1; }
compile() { # output, flags...
    output=$1
    shift
    "$cc" -std=c11 -Wall -Wextra -Wpedantic -Werror program.c -o "$output" "$@"
}
# eval: pkg-config quotes the blank in the prefix for the shell.
eval "compile shared $(pkg-config --cflags --libs inspyr)"
LD_LIBRARY_PATH="$libdir" ./shared <"$photo" >shared.png
same_png shared.png
! LD_LIBRARY_PATH="$libdir" ./shared </dev/null >missing.png 2>told || { echo "no photo is a success"; exit 1; }
grep -q 'empty' told || { echo "a missing photo is not explained:"; cat told; exit 1; }

echo "-- the program of docs/migration.md"
cp "$root/docs/examples/remover.c" program.c
eval "compile remover $(pkg-config --cflags --libs inspyr)"
cp "$photo" photo.png
LD_LIBRARY_PATH="$libdir" ./remover builtin photo.png
[ "$(head -c 4 photo.png.blur.png | tail -c 3)" = PNG ] || { echo "it makes no PNG"; exit 1; }
! LD_LIBRARY_PATH="$libdir" ./remover builtin nothing.png 2>told || { echo "no photo is a success"; exit 1; }
cp "$root/docs/examples/cutout.c" program.c

echo "-- the first again, static"
eval "compile static $(pkg-config --cflags inspyr) '$libdir/libinspyr.a' \
      $(pkg-config --libs --static inspyr | sed 's/-linspyr//')"
./static <"$photo" >static.png
same_png static.png
if ldd ./static | grep libinspyr; then
    echo "the static program needs the shared library"
    exit 1
fi

echo "-- a CMake project"
CC=$cc cmake -S "$here" -B consumer -DCMAKE_PREFIX_PATH="$prefix" -DPROGRAM="$work/program.c" >cmake.log ||
    { cat cmake.log; exit 1; }
cmake --build consumer >cmake.log || { cat cmake.log; exit 1; }
for way in shared static; do
    "consumer/with_$way" <"$photo" >"cmake_$way.png"
    same_png "cmake_$way.png"
done

if [ -x "$prefix/bin/inspyr" ]; then
    echo "-- the command finds its library"
    env -u LD_LIBRARY_PATH "$prefix/bin/inspyr" --version
fi
