#!/bin/sh
# Runs a Python program with an interpreter that has prometheus_client: the one named, or the distribution's.
# usage: with_parser.sh python program...
for python in "$1" /usr/bin/python3; do
    if "$python" -c 'import prometheus_client' 2>/dev/null; then
        shift
        exec "$python" "$@"
    fi
done
echo "skipped: no prometheus_client here (python3-prometheus-client)"
exit 77
