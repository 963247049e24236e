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

base=$(setting VLLM_BASE_URL)
lora=$(setting LORA_VLLM_BASE_URL)
say "base: ${base:-none}; lora: ${lora:-none}"
# The variables are the container's; the URLs are words of their own.
# shellcheck disable=SC2016
compose exec -T -e COLUMNS=160 llm_proxy sh -c '
    set_role() {
        printf %s "$SERVICE_CREDENTIAL" | maratang backends --address 127.0.0.1:9001 --credential-file /dev/stdin \
            set "$1" $(printf %s "$2" | tr , " ") --reason "$reason"
    }
    reason=$1
    set_role base "$2" && set_role lora "$3"' set_models "$reason" "$base" "$lora"
