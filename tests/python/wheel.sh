#!/bin/sh
# The wheel, as pip builds and installs it, in a virtual environment: it is typed, brings library, command and built-in
# model along, and passes the tests of the package far from the tree it was built in.
# usage: wheel.sh python folder
set -eu

python=$1
folder=$2
here=$(cd "$(dirname "$0")" && pwd)
root=$here/../..
unset INSPYR_LIBRARY INSPYR_PYTHON PYTHONPATH

mkdir -p "$folder"
[ -x "$folder/venv/bin/python" ] || "$python" -m venv "$folder/venv" || { echo "no venv: skipped"; exit 77; }
bin=$folder/venv/bin
"$bin/pip" install -q numpy pillow pytest mypy || { echo "PyPI is out of reach: skipped"; exit 77; }
rm -f "$folder"/*.whl
"$bin/pip" wheel -q --no-deps -w "$folder" "$root/bindings/python" --config-settings=build-dir="$folder/build"
"$bin/pip" install -q --force-reinstall --no-deps "$folder"/inspyr-*-py3-none-linux_*.whl

cd "$folder"
"$bin/mypy" --strict -p inspyr
package=$("$bin/python" -c 'import inspyr, os; print(os.path.dirname(inspyr.__file__))')
case $package in "$folder"/venv/*) ;; *) echo "$package is not the one installed"; exit 1 ;; esac
for file in "$package"/py.typed "$package"/_lib/inspyr "$package"/_lib/libinspyr.so.*; do
    [ -f "$file" ] || { echo "$file is not in the wheel"; exit 1; }
done
"$bin/python" -c 'import inspyr; assert "builtin" in inspyr.features(); inspyr.Model("builtin").close()'
"$bin/python" -m inspyr cutout "$root/demo/chelsea.png" -o cat.png --force
"$bin/inspyr" info cat.png
INSPYR_INSTALLED=1 INSPYR=$package/_lib/inspyr "$bin/python" -B -m pytest -q -p no:cacheprovider "$here"
