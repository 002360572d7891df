#!/bin/sh
# A browser and a Chinese font for the tests that look at pages. Without them those tests are skipped.
# The headless shell where there is one (Debian), because it does a third of the whole browser's work.
set -eu
found() { command -v "$1" >/dev/null; }
missing=""
found chromium-headless-shell || missing="chromium-headless-shell"
[ -n "$(fc-list :lang=zh 2>/dev/null | head -1)" ] || missing="$missing fonts-wqy-microhei"
[ -n "$missing" ] || exit 0
if [ "$(id -u)" = 0 ] && found apt-get; then
    apt-get update -qq || true
    # shellcheck disable=SC2086 - a list of packages
    install() { DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends fontconfig $1; }
    install "$missing" && exit 0
    found chromium || missing="chromium ${missing#chromium-headless-shell}"
    install "${missing#chromium-headless-shell}" && exit 0
fi
if found chromium; then
    missing=${missing#chromium-headless-shell}
    [ -n "$missing" ] || exit 0
fi
echo "The tests that need a browser will be skipped. To run them install: $missing" >&2
