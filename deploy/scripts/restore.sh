#!/bin/sh
# Restores a backup into the empty database of .env.prod: sudo sh deploy/scripts/restore.sh FILE.dump
# It touches nothing that is there: a database with tables is refused (docs/deployment.md says how to begin with a fresh volume).
# Then start the system: sudo sh ./start_prod.sh, which migrates, and gives the roles their rights.
set -eu

project=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=deploy/scripts/host.sh
. "$(dirname "$0")/host.sh"
# shellcheck source=deploy/scripts/database.sh
. "$(dirname "$0")/database.sh"

[ $# -eq 1 ] || die 'which backup? sudo sh deploy/scripts/restore.sh FILE.dump'
check_whole "$1"
reach_database
database=${PGDATABASE:-}
[ -n "$database" ] || database=$(setting POSTGRES_DB)
tables=$(query "$database" "SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')")
[ "$tables" = 0 ] || die "the database $database has $tables tables: a backup is restored into an empty one. Nothing was changed."
restore_into "$database" "$1"
