#!/bin/sh
# The alert rules are rules, and each fires when it should and keeps silent when it should.
# usage: alerts.sh folder-of-the-rules
command -v promtool >/dev/null || { echo "skipped: no promtool here (prometheus)"; exit 77; }
cd "$1" || exit 1
promtool check rules alerts.yml && promtool test rules alerts_test.yml
