#!/bin/sh
# Starts the system on this host, or starts it anew: sudo sh ./start_prod.sh
# It needs Docker with Compose, and .env.prod (.env.prod.example explains it). Data is in volumes, which nothing here touches.
set -eu

project=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=deploy/scripts/host.sh
. "$project/deploy/scripts/host.sh"
# shellcheck source=deploy/scripts/settings.sh
. "$project/deploy/scripts/settings.sh"

# The conda environment deus, where this host has it.
activate_deus() {
    base=$(command -v conda > /dev/null && conda info --base 2> /dev/null) || base=
    for folder in "$base" /opt/conda /opt/miniconda3 /opt/anaconda3 "${HOME:-/root}/miniconda3" "${HOME:-/root}/anaconda3" \
        "/home/${SUDO_USER:-}/miniconda3" "/home/${SUDO_USER:-}/anaconda3"; do
        if [ -n "$folder" ] && [ -d "$folder/envs/deus" ] && [ -r "$folder/etc/profile.d/conda.sh" ]; then
            # conda's own scripts know neither -e nor -u.
            set +eu
            # shellcheck source=/dev/null
            . "$folder/etc/profile.d/conda.sh" && conda activate deus && say "conda environment deus ($folder)"
            set -eu
            return 0
        fi
    done
    say 'no conda environment deus on this host: going on without'
}

check_settings
activate_deus
find_compose
make_secrets

say 'building the image'
compose build init_db
say 'taking the old containers down (volumes stay)'
# Not `down`, which would take along what else is on the network (deploy/observability).
compose rm --stop --force
say 'PostgreSQL and Redis'
compose up -d --no-deps db redis
for store in db redis; do
    until_healthy $store 180 || {
        compose logs --tail 30 $store >&2
        die "$store did not come up within 180 s (its log is above)"
    }
done
say 'migrations and scenarios (init_db)'
run_init_db
say 'the services'
extra=
case ,$(setting COMPOSE_PROFILES), in
*,backup,*) extra=backup ;;
esac
# The order of what they need; each waits for the others by itself.
# shellcheck disable=SC2086  # none, or one word
compose up -d --no-deps persistence llm_proxy game gateway nginx $extra
for service in persistence llm_proxy game gateway; do
    until_answering "$(compose ps -q $service | head -n 1)" 180 || {
        compose logs --tail 30 $service >&2
        die "$service does not take work after 180 s (its log is above)"
    }
done
until_healthy nginx 60 || {
    compose logs --tail 30 nginx >&2
    die 'nginx did not come up within 60 s (its log is above)'
}

degraded=$(readiness)
address=http://$(hostname -I 2> /dev/null | cut -d ' ' -f 1)
port=$(setting HTTP_PORT 80)
[ "$port" = 80 ] || address=$address:$port
say "ready: $address/"
if [ -n "$degraded" ]; then
    say 'degraded: games go on, told by the scenarios'\'' own texts where no model answers'
    printf '%s\n' "$degraded" | sed 's/^/      /'
fi
say "logs: $compose --env-file $env_file -f docker-compose.prod.yml logs -f"
