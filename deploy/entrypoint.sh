#!/bin/sh
# The image's five commands, and `healthy`: whether the service in this container takes work.
# Addresses with passwords are put together here, so that a password may hold any character an address must not.
set -eu

encoded() {
    left=$1 out=
    while [ -n "$left" ]; do
        one=${left%"${left#?}"}
        left=${left#?}
        case $one in
        [A-Za-z0-9._~-]) out=$out$one ;;
        *) out=$out$(printf '%%%02X' "'$one") ;;
        esac
    done
    printf %s "$out"
}

if [ -n "${DATABASE_HOST:-}" ]; then
    DATABASE_URL="postgresql+asyncpg://$(encoded "$DATABASE_USER"):$(encoded "$DATABASE_PASSWORD")@$DATABASE_HOST/$(encoded "$DATABASE_NAME")"
    export DATABASE_URL
fi
if [ -n "${REDIS_HOST:-}" ]; then
    REDIS_URL="redis://:$(encoded "$REDIS_PASSWORD")@$REDIS_HOST/0"
    export REDIS_URL
fi
unset DATABASE_HOST DATABASE_USER DATABASE_PASSWORD DATABASE_NAME REDIS_HOST REDIS_PASSWORD

case ${1:-} in
gateway | game | persistence) exec python -m "services.$1" ;;
llm-proxy) exec python -m services.llm_proxy ;;
init-db) exec python -m services.init_db ;;
healthy) exec python -m services.chassis.answering ;;
'')
    echo "say what to run: gateway, game, llm-proxy, persistence or init-db" >&2
    exit 64
    ;;
*) exec "$@" ;;
esac
