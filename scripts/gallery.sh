#!/bin/sh
# Draws the pictures of docs/effects.md, from photographs in the public domain: every effect of the table with its
# defaults on a whole picture, and beside each other on a cut-out.
#
# usage: gallery.sh [build folder]
set -eu
cd "$(dirname "$0")/.."
build=${1:-build}
effects=$("$build/inspyr" effects --json | sed -n 's/^{"name":"\([a-z0-9]*\)","version".*/\1/p' | paste -sd, -)
"$build/inspyr" draw demo/chelsea.png --effects "$effects" -f jpg -o docs/images/ --force
"$build/inspyr" sheet -o docs/images/effects-astronaut.jpg --effects "$effects" --width 3000 --force demo/astronaut.png
