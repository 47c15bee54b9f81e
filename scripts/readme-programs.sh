#!/bin/sh
# The README's programs in C, Go and Python and those of the pages of Python and batches, taken from there and run as they
# are written: after `make install`, on a Debian that may be changed. Installs Go and Python's venv; needs root.
# usage: readme-programs.sh folder       the folder is made
set -eu
tree=$(cd "$(dirname "$0")/.." && pwd)
mkdir "$1"
new=$(cd "$1" && pwd)
export DEBIAN_FRONTEND=noninteractive

fenced() { # language, heading: the first block of that language below it
    awk -v fence="\`\`\`$1" -v heading="$2" '$0 == heading { below = 1 } p && /^```$/ { exit } p
        below && $0 == fence { p = 1 }' "$tree/README.md"
}
run() { # number of lines that commands.sh must have
    [ "$(wc -l <commands.sh)" = "$1" ] || { cat commands.sh; echo "expected $1 commands"; exit 1; }
    sh -eux commands.sh
}

echo "== C"
mkdir "$new/c" && cd "$new/c"
cp "$tree/demo/chelsea.png" photo.jpg
fenced c '## A whole program' >cutout.c
sed -n 's/^    \(cc .* -o cutout\)$/\1/p; s/^    \(.\/cutout < .*\)$/\1/p' "$tree/README.md" >commands.sh
run 2
inspyr info cutout.png

echo "== Go"
apt-get install -y -q --no-install-recommends golang-go >/dev/null
mkdir "$new/cut" && cd "$new/cut"
fenced go '## A whole program' >main.go
sed -n 's|^    \(go .*\)$|\1|p' "$tree/docs/go.md" | sed "s|/path/to/libinspyr|$tree|" | head -n 3 >commands.sh
run 3
./cut <../c/photo.jpg >cutout.png

echo "== Python"
mkdir "$new/python" && cd "$new/python"
cp "$tree/demo/chelsea.png" cat.jpg
sed -n 's|^    \(scripts/setup.sh .*\)|cd '"$tree"' \&\& \1|p; s|^    \(python3 -m venv .*\)|cd '"$new/python"' \&\& \1|p
    s|^    \(pip install .*bindings/python.*\)|cd '"$tree"' \&\& \1|p' "$tree/README.md" | sed 's|   .*||' >commands.sh
run 3
. there/bin/activate
fenced python '## From Python' >snippet.py
python snippet.py
python -m inspyr cutout cat.jpg -o command.png

echo "== docs/python.md"
mkdir "$new/page" && cd "$new/page"
cp ../python/cat.jpg .
sed -n '/^```python$/,/^```$/ { /^```/!p }' "$tree/docs/python.md" >page.py
python page.py

echo "== docs/batch.md"
mkdir "$new/batch" "$new/batch/photos" && cd "$new/batch"
cp "$tree"/demo/*.png photos
sed -n 's|^    \(inspyr batch .*\)$|\1|p' "$tree/docs/batch.md" >commands.sh
run 1
inspyr batch photos/ -o cut/ --resume state/
cp cut/chelsea_cutout.png cutout.png

echo "== all made the same picture"
cat >"$new/same.py" <<'PYTHON'
import sys, inspyr
files = [inspyr.Image.open(name).numpy() for name in sys.argv[1:]]
assert files[0].shape[2] == 4 and all((files[0] == file).all() for file in files)
PYTHON
python "$new/same.py" "$new/c/cutout.png" "$new/cut/cutout.png" "$new/python/cat.png" "$new/python/command.png" \
    "$new/page/cat.png" "$new/batch/cutout.png"
