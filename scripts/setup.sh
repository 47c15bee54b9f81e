#!/bin/sh
# Sees to what the build needs. Prints nothing when all is there; else, on Debian and Ubuntu, prints the command
# that installs the rest and runs it; elsewhere, prints what is needed and stops.
# usage: setup.sh group...        groups: build, check, python, fuzz, wasm, ci, cuda
# cuda: a compiler for the plug-in that draws on GPUs, where there is no nvcc, goes into build/cuda.
set -eu

build="gcc libc6-dev cmake ninja-build pkg-config libjpeg-dev libpng-dev libwebp-dev liblcms2-dev libdeflate-dev
libcurl4-openssl-dev libssl-dev libdnnl-dev libhiredis-dev"
check="g++ python3 libcmocka-dev abigail-tools openssl redis-tools"
python="python3-pip python3-venv"
fuzz="clang libclang-rt-dev"
wasm="clang lld wasi-libc libclang-rt-dev-wasm32 nodejs"
ci="$fuzz $wasm clang-format libheif-dev libtorch-dev libopenblas0-openmp $python prometheus
 python3-prometheus-client python3-numpy python3-pil python3-pytest golang-go"
cuda="g++ python3-pip"

fetch_cuda() {
    case " $* " in *" cuda "*) ;; *) return 0 ;; esac
    root=$(dirname "$0")/..
    if ! command -v nvcc >/dev/null && [ ! -x /usr/local/cuda/bin/nvcc ] &&
        [ ! -x "$root/build/cuda/nvidia/cu13/bin/nvcc" ]; then
        echo "$root/scripts/cuda13.sh $root/build/cuda"
        "$root/scripts/cuda13.sh" "$root/build/cuda"
    fi
}

if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
    missing=
    for tool in cc cmake ninja pkg-config; do
        command -v $tool >/dev/null || missing="$missing $tool"
    done
    for library in libjpeg libpng libwebp libwebpdemux lcms2 libdeflate libcurl libcrypto; do
        pkg-config --exists $library 2>/dev/null || missing="$missing $library"
    done
    [ -n "$missing" ] || { fetch_cuda "$@"; exit 0; }
    echo "Please install, with development files:$missing" >&2
    echo "For the tests also: g++, python3, cmocka, abigail-tools, openssl; for fuzzing: clang." >&2
    echo "For WebAssembly: clang, lld, wasi-libc, clang's runtime library for wasm32, node." >&2
    exit 1
fi

wanted=
for group; do
    eval "wanted=\"\$wanted \$$group\""
done
missing=
for package in $wanted; do
    case $(dpkg-query -W -f '${db:Status-Abbrev}' "$package" 2>/dev/null) in
    ii*) ;;
    *) missing="$missing $package" ;;
    esac
done
[ -n "$missing" ] || { fetch_cuda "$@"; exit 0; }

as_root=
[ "$(id -u)" = 0 ] || as_root=sudo
install="$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends$missing"
update="$as_root apt-get update -q"
# A machine that never fetched its package lists has none; one that fetched them long ago has old ones.
if ! ls /var/lib/apt/lists/*_Packages* >/dev/null 2>&1; then
    echo "$update"
    $update
fi
echo "$install"
$install || { echo "$update" && $update && $install; }
fetch_cuda "$@"
