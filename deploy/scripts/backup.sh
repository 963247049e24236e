#!/bin/sh
# Makes a backup of the database while it runs: sudo sh deploy/scripts/backup.sh
# BACKUP_FOLDER gets maratang-TIME.dump, what every table held in its snapshot (.rows), and their checksums (.sha256); what is older than
# BACKUP_KEEP_DAYS goes, the newest one never.
set -eu
umask 077

project=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=deploy/scripts/host.sh
. "$(dirname "$0")/host.sh"
# shellcheck source=deploy/scripts/database.sh
. "$(dirname "$0")/database.sh"

reach_database
folder=$(backup_folder)
mkdir -p "$folder"
name=maratang-$(date -u +%Y%m%dT%H%M%SZ).dump
while [ -e "$folder/$name" ]; do
    sleep 1
    name=maratang-$(date -u +%Y%m%dT%H%M%SZ).dump
done
unfinished=$folder/.unfinished-$$
trap 'rm -rf "$unfinished"' EXIT
mkdir "$unfinished"

began=$(date +%s)
if ! cat "$scripts/backup.sql" "$scripts/rows.sql" |
    postgres psql --no-psqlrc --quiet --tuples-only --no-align --set ON_ERROR_STOP=1 > "$unfinished/$name" 2> "$unfinished/said"; then
    cat "$unfinished/said" >&2
    die 'no backup was made'
fi
grep '^rows|' "$unfinished/said" > "$unfinished/$name.rows" || true
# Read from end to end, as a restore would.
if ! grep -q '^rows|alembic_version|1|' "$unfinished/$name.rows" || ! postgres pg_restore --file /dev/null < "$unfinished/$name"; then
    grep -v '^rows|' "$unfinished/said" >&2 || true
    die 'no backup was made: what pg_dump wrote is not whole, or the database is not ours'
fi
rm "$unfinished/said"
(cd "$unfinished" && sha256sum "$name" "$name.rows" > "$name.sha256")
sync
# The checksums last: a backup without them is none.
mv "$unfinished/$name" "$unfinished/$name.rows" "$folder/"
mv "$unfinished/$name.sha256" "$folder/"
say "$folder/$name: $(wc -c < "$folder/$name" | tr -d ' ') bytes in $(($(date +%s) - began)) s"

keep=${BACKUP_KEEP_DAYS:-}
[ -n "$keep" ] || keep=$(setting BACKUP_KEEP_DAYS 14)
find "$folder" -maxdepth 1 -name 'maratang-*.dump' -mtime +"$keep" | while IFS= read -r old; do
    if [ "$old" != "$folder/$name" ]; then
        rm -f "$old.sha256" "$old.rows" "$old"
        say "older than $keep days and deleted: $old"
    fi
done
