#!/bin/sh
# Updates the running system to the files of this folder, without a request being lost: sudo sh deploy/scripts/update_prod.sh
# Each service gets a second container with the new image, which takes over when it takes work; the old one ends what it has begun.
# Streams that outlast that are told to come again, and go on where they were. PostgreSQL, Redis and nginx keep running.
# The image before is kept as maratang:previous: MARATANG_IMAGE=maratang:previous in .env.prod goes back to it.
set -eu

project=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=deploy/scripts/host.sh
. "$project/deploy/scripts/host.sh"
# shellcheck source=deploy/scripts/settings.sh
. "$project/deploy/scripts/settings.sh"

check_settings
find_compose
for service in persistence llm_proxy game gateway nginx; do
    [ -n "$(compose ps -q $service)" ] || die "$service does not run: sudo sh ./start_prod.sh"
done
make_secrets

address_of() { docker inspect --format '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}' "$1"; }
point_nginx() { compose exec -T nginx sh /etc/nginx/maratang/start.sh "$@"; }

# A second container beside the one that runs; then the new one alone.
replace() {
    old=$(compose ps -q "$1")
    compose up -d --no-deps --no-recreate --scale "$1=2" "$1"
    new=$(compose ps -q "$1" | grep -vxF "$old" | head -n 1)
    [ -n "$new" ] || die "$1 got no second container"
    if ! until_answering "$new" 120; then
        docker logs --tail 30 "$new" >&2
        docker rm --force "$new" > /dev/null
        die "the new $1 does not take work after 120 s (its log is above). It is gone again; the old one was not touched."
    fi
    # nginx passes everything to the new one before the old one is told to end.
    if [ "$1" = gateway ]; then
        point_nginx point "$(address_of "$new"):8000"
        # What is still on its way by nginx's former processes (keepalive_min_timeout) finds the old one at work.
        sleep 4
    fi
    for one in $old; do
        docker stop --time 35 "$one" > /dev/null
        docker rm "$one" > /dev/null
    done
    say "$1: replaced"
}

image=$(setting MARATANG_IMAGE maratang:prod)
if [ "$image" = maratang:prod ]; then
    docker tag maratang:prod maratang:previous
    say 'building the image'
    compose build init_db
fi
say 'migrations and scenarios (init_db)'
run_init_db
for service in persistence llm_proxy game gateway; do
    replace $service
done
# By name again, and with nginx's own files as they are now.
point_nginx point gateway:8000
say 'updated'
