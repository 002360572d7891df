#!/bin/sh
# Writes both lock files again, with the newest versions that pyproject.toml allows:  lock.sh PYTHON
set -eu
python=$1
tools=$(mktemp -d)
trap 'rm -rf "$tools"' EXIT
"$python" -m venv "$tools/venv"
"$tools/venv/bin/pip" install --quiet uv
compile() {
    "$tools/venv/bin/uv" pip compile --quiet --upgrade --generate-hashes --no-header --no-emit-index-url \
        --universal --python-version 3.11 "$@"
}
compile --group dev --group build -o requirements-dev.lock pyproject.toml
compile --group build -c requirements-dev.lock -o requirements.lock pyproject.toml
