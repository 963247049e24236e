#!/bin/sh
# The backup container: a backup at once, and one each BACKUP_EVERY_SECONDS. `recent`: whether the last one is young enough.
set -eu

every=${BACKUP_EVERY_SECONDS:-86400}
if [ "${1:-}" = recent ]; then
    [ -n "$(find "$BACKUP_FOLDER" -maxdepth 1 -name 'maratang-*.sha256' -mmin -$((every / 60 + 60)))" ]
    exit
fi
trap 'exit 0' TERM INT
while :; do
    sh "$(dirname "$0")/backup.sh" || echo 'warning: the backup failed; the next try is in 5 minutes' >&2
    pause=$every
    sh "$0" recent || pause=300
    sleep "$pause" &
    wait $!
done
