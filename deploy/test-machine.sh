#!/bin/sh
# Installs what the tests need of the machine, when it is not there yet: Chromium and fonts for the browser tests,
# PostgreSQL for the control plane's, Node.js for the JavaScript exporter's; and venv, which Debian packs by itself.
set -eu
missing=""
command -v chromium >/dev/null 2>&1 || missing="$missing chromium fonts-inter"
[ -n "$(ls /usr/lib/postgresql/*/bin/initdb 2>/dev/null)" ] || missing="$missing postgresql"
command -v node >/dev/null 2>&1 || missing="$missing nodejs npm"
if ! command -v python3 >/dev/null 2>&1 || ! python3 -c 'import ensurepip' 2>/dev/null; then
  command -v uv >/dev/null 2>&1 || missing="$missing python3 python3-venv"
fi
[ -z "$missing" ] && exit 0

if ! command -v apt-get >/dev/null 2>&1; then
  echo "The tests need:$missing. Install them with your system's package manager." >&2
  exit 1
fi
as_root=""
[ "$(id -u)" -eq 0 ] || as_root="sudo"
echo "Installing$missing ..."
export DEBIAN_FRONTEND=noninteractive
$as_root apt-get update -qq
# A package that starts a server (PostgreSQL) must not fail where no service manager runs.
# shellcheck disable=SC2086
$as_root apt-get install -y -qq --no-install-recommends $missing >/dev/null
