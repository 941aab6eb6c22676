#!/bin/sh
# Installs what the tests need of the machine, when it is not there yet: Chromium and fonts for the browser tests,
# PostgreSQL for the control plane's, Node.js for the JavaScript exporter's.
set -eu
missing=""
command -v chromium >/dev/null 2>&1 || missing="$missing chromium fonts-inter"
[ -n "$(ls /usr/lib/postgresql/*/bin/initdb 2>/dev/null)" ] || missing="$missing postgresql"
command -v node >/dev/null 2>&1 || missing="$missing nodejs npm"
# shellcheck disable=SC2086
[ -z "$missing" ] || deploy/debian.sh $missing
