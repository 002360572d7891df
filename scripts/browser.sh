#!/bin/sh
# A browser and a Chinese font for the tests that look at pages. Without them those tests are skipped.
set -eu
missing=""
command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null || missing="chromium"
[ -n "$(fc-list :lang=zh 2>/dev/null | head -1)" ] || missing="$missing fonts-wqy-microhei"
[ -n "$missing" ] || exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    apt-get update -qq || true
    # shellcheck disable=SC2086 - a list of packages
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends fontconfig $missing && exit 0
fi
echo "The tests that need a browser will be skipped. To run them install: $missing" >&2
