#!/bin/sh
# Makes .venv and installs what a lock file says, nothing else:  setup.sh PYTHON LOCKFILE
set -eu
python=$1
lock=$2

if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    echo "hemei needs Python 3.11 or newer as '$python'; another one: make PYTHON=/path/to/python3" >&2
    exit 1
fi
if [ ! -x .venv/bin/pip ]; then
    rm -rf .venv
    if ! "$python" -m venv .venv 2>/dev/null; then
        rm -rf .venv
        # Debian and Ubuntu keep venv in a package of its own
        if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
            version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
            apt-get update -qq
            DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "python$version-venv" \
                || DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends python3-venv
            "$python" -m venv .venv
        else
            echo "This Python cannot make a virtual environment. On Debian or Ubuntu:" >&2
            echo "    sudo apt-get install python3-venv" >&2
            exit 1
        fi
    fi
fi
export PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore
.venv/bin/pip install -qq --require-hashes -r "$lock"
.venv/bin/pip install -qq --no-deps --no-build-isolation --no-index -e .
