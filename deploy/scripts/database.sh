# How backups reach PostgreSQL: in its container, or, where PGHOST says so, from here with this machine's own programs (PGBIN: where
# they are). To be sourced after host.sh.
# shellcheck shell=sh disable=SC2034,SC2154

scripts=$project/deploy/scripts
[ -d "$scripts" ] || scripts=$(cd "$(dirname "$0")" && pwd)

# Runs one of PostgreSQL's programs as the database's owner, with this stdin and stdout.
postgres() {
    if [ -n "${PGHOST:-}" ]; then
        program=$1
        shift
        "${PGBIN:+$PGBIN/}$program" "$@"
    else
        # shellcheck disable=SC2016  # the container's own variables
        compose exec -T db sh -c 'PGUSER="$POSTGRES_USER" PGDATABASE="${PGDATABASE:-$POSTGRES_DB}" exec "$@"' postgres "$@"
    fi
}

# Makes ready what `postgres` needs.
reach_database() {
    [ -z "${PGHOST:-}" ] || return 0
    find_compose
    compose up -d --no-deps db 2> /dev/null
    until_healthy db 180 || die 'the database does not answer'
}

query() { postgres psql --no-psqlrc --quiet --tuples-only --no-align --set ON_ERROR_STOP=1 --dbname "$1" --command "$2"; }

# Every table of a database with its number of rows and a sum over what is in them.
rows_of() {
    postgres psql --no-psqlrc --quiet --tuples-only --no-align --set ON_ERROR_STOP=1 --dbname "$1" < "$scripts/rows.sql"
}

# Fails unless a backup is whole: its files are there and have the sums that were written with them.
check_whole() {
    [ -f "$1" ] || die "$1: there is no such file"
    [ -f "$1.sha256" ] && [ -f "$1.rows" ] || die "$1: $1.sha256 and $1.rows belong to it, and one of them is missing"
    (cd "$(dirname "$1")" && sha256sum --check --strict --quiet "$(basename "$1").sha256" > /dev/null 2>&1) ||
        die "$1: its checksum is not the one that was written with it. It is damaged, and nothing was restored."
}

# Restores a backup into an empty database, and compares every table with what was counted in the backup's own snapshot.
restore_into() {
    began=$(date +%s)
    postgres pg_restore --exit-on-error --single-transaction --no-owner --no-privileges --dbname "$1" < "$2" ||
        die "$2 could not be restored into $1: nothing of it is there"
    restored=$(($(date +%s) - began))
    found=$(mktemp)
    rows_of "$1" > "$found"
    if ! cmp -s "$found" "$2.rows"; then
        diff "$2.rows" "$found" >&2 || true
        rm "$found"
        die "$1 differs from what the backup's snapshot held (< then, > now)"
    fi
    rm "$found"
    turns=$(sed -n 's/^rows|turns|\([0-9]*\)|.*/\1/p' "$2.rows")
    say "restored in $restored s: $(wc -l < "$2.rows" | tr -d ' ') tables, each row as it was; turns: $turns"
}

backup_folder() {
    folder=${BACKUP_FOLDER:-}
    [ -n "$folder" ] || folder=$(setting BACKUP_FOLDER ./backups)
    case $folder in
    /*) printf %s "$folder" ;;
    *) printf %s "$project/$folder" ;;
    esac
}

newest_backup() { find "$(backup_folder)" -maxdepth 1 -name 'maratang-*.dump' | sort | tail -n 1; }
