#!/bin/sh
# Has the running system use the model servers that .env.prod names now, without a restart: sudo sh deploy/scripts/set_models.sh [REASON]
# Every replica follows within 5 s. What is set is kept in PostgreSQL with an entry in the audit.
set -eu

project=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=deploy/scripts/host.sh
. "$project/deploy/scripts/host.sh"
# shellcheck source=deploy/scripts/settings.sh
. "$project/deploy/scripts/settings.sh"

check_settings
find_compose
reason=${1:-"set_models.sh by ${SUDO_USER:-$(id -un)}"}

set_role() {
    say "$1: ${2:-none}"
    # The URLs are words of their own; the variables are the container's.
    # shellcheck disable=SC2016,SC2046
    compose exec -T -e COLUMNS=160 llm_proxy sh -c '
        role=$1 reason=$2
        shift 2
        printf %s "$SERVICE_CREDENTIAL" | maratang backends --address 127.0.0.1:9001 --credential-file /dev/stdin \
            set "$role" "$@" --reason "$reason"' set_models "$1" "$reason" $(printf %s "$2" | tr ',' ' ')
}

set_role base "$(setting VLLM_BASE_URL)"
set_role lora "$(setting LORA_VLLM_BASE_URL)"
