#!/bin/sh
# Makes .venv with exactly what a lock file names, and this project in it. Usage: install.sh PYTHON UV LOCK
set -eu
python=$1 uv=$2 lock=$3

fits() { "$1" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' >/dev/null 2>&1; }

if [ -z "$python" ]; then
  for candidate in python3 python3.13 python3.12 python3.11; do
    if fits "$candidate"; then python=$candidate && break; fi
  done
fi
if [ ! -x .venv/bin/python ] && ! fits "${python:-python3}"; then
  echo "Spanwarden needs Python 3.11, 3.12 or 3.13; '${python:-python3}' is none of them." >&2
  echo "Install one and say: make up PYTHON=/path/to/python3.12" >&2
  exit 1
fi
if [ ! -x .venv/bin/python ]; then
  echo "Making a virtual environment in .venv ..."
  if [ -n "$uv" ]; then
    "$uv" venv --quiet --python "$python" --no-python-downloads .venv
  else
    "$python" -c 'import ensurepip' 2>/dev/null || deploy/debian.sh python3-venv
    "$python" -m venv .venv || { rm -rf .venv && exit 1; }
  fi
fi
echo "Installing from $lock ..."
if [ -n "$uv" ]; then
  "$uv" pip install --quiet --python .venv/bin/python --require-hashes -r "$lock"
  "$uv" pip install --quiet --python .venv/bin/python --no-deps --editable .
else
  .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r "$lock"
  .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
fi
