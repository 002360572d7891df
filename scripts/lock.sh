#!/bin/sh
# Writes both lock files again, with the newest versions that pyproject.toml allows:  lock.sh PYTHON
set -eu
python=$1
tools=$(mktemp -d)
trap 'rm -rf "$tools"' EXIT
"$python" -m venv "$tools/venv"
"$tools/venv/bin/pip" install --quiet "pip>=25.1" pip-tools
compile() {
    "$tools/venv/bin/pip-compile" --quiet --upgrade --generate-hashes --allow-unsafe --strip-extras \
        --no-header --no-emit-index-url --no-emit-trusted-host --no-emit-find-links "$@"
}
compile --group dev -o requirements-dev.lock pyproject.toml
compile --group build -c requirements-dev.lock -o requirements.lock pyproject.toml
