#!/bin/sh
# The service of docs/context.md: four threads get three results of each photo, from one computation or the cache.
# usage: service.sh PROGRAM PHOTO...
program=$1
shift
lines=$("$program" "$@") || exit 1
good=$(echo "$lines" | grep -c '^photo [0-9]*: [1-9][0-9]* bytes')
sorts=$(echo "$lines" | sort -u | wc -l)
echo "$good results, $sorts different ones"
[ "$good" = $((12 * $#)) ] && [ "$sorts" = $((3 * $#)) ] || { echo "$lines"; exit 1; }
lines=$("$program" /dev/null) || exit 1
echo "$lines" | grep -q 'photo 0: ERR_ARGUMENT: ' || { echo "an empty photo is not explained: $lines"; exit 1; }
