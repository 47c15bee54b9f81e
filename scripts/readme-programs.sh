#!/bin/sh
# The README's programs in C, Go and Python, taken from it and run as they are written there: after `make install`, on a
# Debian that may be changed. Installs Go and Python's venv; needs root.
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
apt-get install -y -q --no-install-recommends python3-venv >/dev/null
mkdir "$new/python" && cd "$new/python"
cp "$tree/demo/chelsea.png" cat.jpg
fenced python '## From Python' >snippet.py
sed -n 's|^    \(python3 -m venv .*\)$|\1|p; s|^    \(pip install ./bindings/python .*\)$|\1|p' "$tree/README.md" |
    sed 's|  .*||; s|^\(pip install\)|cd '"$tree"' \&\& \1|' >commands.sh
run 2
. there/bin/activate
python snippet.py
python -m inspyr cutout cat.jpg -o command.png

echo "== the three made the same picture"
cat >"$new/same.py" <<'PYTHON'
import sys, inspyr
files = [inspyr.Image.open(name).numpy() for name in sys.argv[1:]]
assert files[0].shape[2] == 4 and all((files[0] == file).all() for file in files)
PYTHON
python "$new/same.py" "$new/c/cutout.png" "$new/cut/cutout.png" "$new/python/cat.png" "$new/python/command.png"
