#!/bin/sh
# Upgrades hemei in /opt/hemei to the newest version, or to the one named:  upgrade.sh [TAG]
# Backs up first, and says where the backup is when the new version does not become ready.
set -eu
home=${HEMEI_HOME:-/opt/hemei}
export HEMEI_CONFIG="${HEMEI_CONFIG:-/etc/hemei/config.toml}"
cd "$home"
as() { setpriv --reuid=hemei --regid=hemei --init-groups -- "$@"; }

before=$(git rev-parse HEAD)
backup=/var/lib/hemei/backups/before-upgrade-$(date +%Y%m%d-%H%M%S).hemei-backup
as .venv/bin/hemei backup "$backup"

git fetch --quiet --tags
git -c advice.detachedHead=false checkout --quiet "${1:-origin/HEAD}"
make .venv/.ready-to-run
systemctl restart hemei hemei-work      # migrates before it starts

tries=0
until as .venv/bin/hemei doctor --offline >/dev/null && systemctl is-active --quiet hemei hemei-work; do
    tries=$((tries + 1))
    if [ "$tries" -ge 30 ]; then
        echo "the new version does not become ready; the old one was $before, the backup is $backup" >&2
        exit 1
    fi
    sleep 1
done
echo "upgraded from $before to $(git rev-parse HEAD)"
