# What every script here knows of this host: where the project is, what .env.prod says, how containers are run. To be sourced by scripts
# that have set `project`, the project's folder, and are called from anywhere. POSIX sh.
# shellcheck shell=sh disable=SC2034,SC2154

env_file=.env.prod
newline='
'

say() { printf '==> %s\n' "$*"; }
warn() { printf 'warning: %s\n' "$*" >&2; }
die() {
    printf '%s\n' "$*" >&2
    exit 1
}

# What .env.prod says of a variable; the second argument where it says nothing. The last line of a name counts, as it does for Compose.
setting() {
    found=$(sed -n "s/^$1=//p" "$project/$env_file" | tail -n 1)
    printf %s "${found:-${2:-}}"
}

# Whether .env.prod has a line for a variable.
stated() { grep -q "^$1=" "$project/$env_file"; }

# Sets $compose, and $DOCKER_HOST's daemon is there; or says what to do.
find_compose() {
    command -v docker > /dev/null || die 'docker is missing: apt-get install docker.io docker-compose (Debian, Ubuntu), or see docs.docker.com/engine/install'
    if docker compose version > /dev/null 2>&1; then
        compose='docker compose'
    elif command -v docker-compose > /dev/null; then
        compose=docker-compose
    else
        die 'docker has no compose: apt-get install docker-compose (Debian, Ubuntu), or the package docker-compose-plugin'
    fi
    said=$(docker info 2>&1 > /dev/null) || die "the Docker engine does not answer. Is it started (systemctl start docker)? May you use it (sudo)?$newline$said"
}

# Compose, with the project's files, as every script and the operator's own commands name them.
compose() {
    set -- --env-file "$env_file" -f docker-compose.prod.yml "$@"
    if [ -r "$(certificates)/fullchain.pem" ] && [ -r "$(certificates)/privkey.pem" ]; then
        shift 4
        set -- --env-file "$env_file" -f docker-compose.prod.yml -f deploy/tls.compose.yml "$@"
    fi
    # $compose may be two words.
    (cd "$project" && exec $compose "$@")
}

certificates() {
    folder=$(setting TLS_FOLDER ./deploy/nginx/certificates)
    case $folder in
    /*) printf %s "$folder" ;;
    *) printf %s "$project/$folder" ;;
    esac
}

# Returns when a container's service takes work; fails after so many seconds.
until_answering() {
    left=$2
    until docker exec "$1" sh /usr/local/bin/entrypoint healthy > /dev/null 2>&1; do
        left=$((left - 1))
        [ "$left" -gt 0 ] || return 1
        sleep 1
    done
}

# Returns when Docker's own health check of a service's container has passed; fails after so many seconds.
until_healthy() {
    left=$2
    container=$(compose ps -q "$1" | head -n 1)
    until [ "$(docker inspect --format '{{.State.Health.Status}}' "$container" 2> /dev/null)" = healthy ]; do
        left=$((left - 1))
        [ "$left" -gt 0 ] || return 1
        sleep 1
    done
}

# Migrations and scenarios, to their end. Fails with what init_db said, and what that most often means.
run_init_db() {
    compose run --rm --no-deps -T init_db || {
        status=$?
        case $status in
        65) why='a scenario is faulty (above); what was published before stays' ;;
        69) why="PostgreSQL does not answer, or does not let us in (above). If the password is refused: POSTGRES_PASSWORD in $env_file is not the one that
the volume postgres_data was made with; set it back, or change it in PostgreSQL as well (docs/deployment.md)" ;;
        77) why="POSTGRES_USER may make no roles (above)" ;;
        78) why="$env_file is wrong (above)" ;;
        *) why='see above' ;;
        esac
        die "init_db failed with status $status: $why. Nothing else was started."
    }
}

# The gateway's own word: a line for each thing that is not as it should be, or none.
readiness() {
    compose exec -T gateway python -c '
import json, urllib.request
with urllib.request.urlopen("http://127.0.0.1:8000/readyz", timeout=5) as answer:
    print(*json.load(answer)["degraded"], sep="\n")'
}
