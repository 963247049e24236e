#!/bin/sh
# Shows that a backup can be restored, beside the running database and without touching it: sudo sh deploy/scripts/drill.sh [FILE.dump]
# Without a file: the newest backup. It is restored into a database of its own, compared row by row and with the running schema, and
# dropped; the time it took is said.
set -eu

project=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=deploy/scripts/host.sh
. "$(dirname "$0")/host.sh"
# shellcheck source=deploy/scripts/database.sh
. "$(dirname "$0")/database.sh"

file=${1:-$(newest_backup)}
[ -n "$file" ] || die "there is no backup in $(backup_folder): make one with deploy/scripts/backup.sh"
check_whole "$file"
reach_database
live=${PGDATABASE:-}
[ -n "$live" ] || live=$(setting POSTGRES_DB)
scratch=drill_$(date -u +%Y%m%d%H%M%S)_$$
query "$live" "CREATE DATABASE $scratch TEMPLATE template0"
trap 'query "$live" "DROP DATABASE $scratch" || true' EXIT
say "drill: $file into $scratch"
restore_into "$scratch" "$file"
head='SELECT version_num FROM alembic_version'
there=$(query "$scratch" "$head")
here=$(query "$live" "$head")
if [ "$there" = "$here" ]; then
    say "schema: $there, as the running database's"
else
    say "schema: $there; the running database's is $here: start_prod.sh migrates after a restore"
fi
say 'the drill passed'
