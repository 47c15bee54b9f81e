#!/bin/sh
# The Go package against the library that inspyr.pc in $PKG_CONFIG_PATH names: formatted, free of what vet finds, and
# tested twice, with cgo's checks of pointers and with the race detector; its benchmarks run at all.
# usage: go_package.sh go folder-for-builds
set -eu
go=$1 folder=$2
export GOCACHE="$folder/cache" GOPATH="$folder/path" GOFLAGS=-mod=mod GOPROXY=off GOTOOLCHAIN=local CGO_ENABLED=1
cd "$(dirname "$0")/../../bindings/go"
if ! "$go" version >/dev/null; then
    echo "skipped: $go does not run"
    exit 77
fi
unformatted=$("$("$go" env GOROOT)/bin/gofmt" -l .)
[ -z "$unformatted" ] || { echo "not as gofmt has it: $unformatted"; exit 1; }
"$go" vet ./...
echo "-- with cgo's checks"
GODEBUG=cgocheck=2 "$go" test -count=1 ./...
echo "-- the benchmarks, once"
"$go" test -run '^$' -bench . -benchtime 1x ./...
echo "-- with the race detector"
case $("$go" env GOARCH) in
amd64 | arm64 | ppc64le | s390x) "$go" test -count=1 -race ./... ;;
*) echo "there is none" ;;
esac
