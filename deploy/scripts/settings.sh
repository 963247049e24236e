# What .env.prod must say: reads it, names every fault at once, and makes the secrets that are missing. To be sourced after host.sh.
# shellcheck shell=sh disable=SC2154

faults=
fault() { faults="$faults  $1$newline"; }

# Says all that is missing or wrong in .env.prod, and ends; returns when nothing is.
check_settings() {
    [ -f "$project/$env_file" ] || die "$env_file is missing: cp .env.prod.example $env_file, and fill it in"
    [ -r "$project/$env_file" ] || die "$env_file can't be read: use sudo"
    faults=
    check_lines
    for name in POSTGRES_USER POSTGRES_PASSWORD POSTGRES_DB; do
        look_up $name
        [ -n "$value" ] || fault "$name is not set"
    done
    for name in VLLM_BASE_URL LORA_VLLM_BASE_URL; do
        [ "${names#* "$name" }" != "$names" ] || fault "$name is missing: name the model servers, or leave it empty ($name=) to do without"
        check_urls $name
    done
    check_urls OTEL_EXPORTER_OTLP_ENDPOINT
    for name in POSTGRES_USER POSTGRES_DB; do
        check_matches $name '[a-z_][a-z0-9_]{0,62}' 'lower-case letters, digits and _, at most 63'
    done
    look_up POSTGRES_USER
    case $value in
    maratang_app | maratang_read | pg_*) fault "POSTGRES_USER: $value is a name that is taken" ;;
    esac
    look_up POSTGRES_DB
    case $value in
    template0 | template1) fault "POSTGRES_DB: $value is a name that is taken" ;;
    esac
    check_matches COMPOSE_PROJECT_NAME '[a-z0-9][a-z0-9_-]*' 'lower-case letters, digits, _ and -'
    for name in HTTP_PORT HTTPS_PORT; do
        check_matches $name '[1-9][0-9]{0,4}' 'a port'
    done
    for name in TURN_BURST PLAYER_TURN_BURST PLAYER_STREAMS PLAYER_TOKENS_PER_DAY SERVER_CONCURRENCY_MAX SERVER_CONCURRENCY_AT_FIRST RETENTION_TEXTS_DAYS \
        RETENTION_GUESTS_DAYS RETENTION_AUDIT_DAYS RETENTION_MODEL_CALLS_DAYS EDGE_REQUESTS_PER_SECOND EDGE_CONNECTIONS_MAX EDGE_STREAMS_MAX \
        BACKUP_KEEP_DAYS BACKUP_EVERY_SECONDS GATEWAY_PROCESSES HTTP_CONNECTIONS HTTP_CONNECTIONS_PER_ADDRESS; do
        check_matches $name '[0-9]{1,9}' 'a whole number'
    done
    for name in TURN_INTERVAL_SECONDS PLAYER_TURN_INTERVAL_SECONDS GAME_IDLE_SECONDS TURN_LEASE_SECONDS ERASURE_SETTLED_SECONDS CONNECT_SECONDS \
        HEADERS_SECONDS FIRST_TOKEN_SECONDS BETWEEN_TOKENS_SECONDS RETENTION_EVERY_SECONDS DATABASE_WAIT_SECONDS; do
        check_matches $name '[0-9]+(\.[0-9]+)?' 'a number of seconds'
    done
    check_matches REFLECTION 'true|false' 'true or false'
    for name in SERVICE_MEMORY REDIS_MAXMEMORY; do
        check_matches $name '[0-9]+(kb|mb|gb|k|m|g|b)?' 'an amount of memory, such as 2g'
    done
    check_matches TRUSTED_PROXIES '[0-9a-fA-F.:]+(/[0-9]+)?(,[0-9a-fA-F.:]+(/[0-9]+)?)*' 'addresses or networks with commas between'
    look_up TZ
    if [ -n "$value" ] && [ -d /usr/share/zoneinfo ] && [ ! -f "/usr/share/zoneinfo/$value" ]; then
        fault "TZ: $value is no time zone, such as Asia/Seoul"
    fi
    [ -z "$faults" ] || die "$env_file:$newline${faults%"$newline"}${newline}nothing was started or stopped"
}

# Reads the file: $said_NAME is what it says of each name, $names are the names. No program is run for a line that is right.
check_lines() {
    number=0
    names=' '
    return_mark=$(printf '\r')
    tab=$(printf '\t')
    known=" $(sed -n 's/^\([A-Z_]*\)=.*/\1/p' "$project/.env.prod.example" | tr '\n' ' ')"
    while IFS= read -r line || [ -n "$line" ]; do
        number=$((number + 1))
        case $line in
        *"$return_mark") fault "line $number ends as on Windows: sed -i 's/\\r\$//' $env_file" && continue ;;
        '' | '#'*) continue ;;
        [A-Za-z_]*=*) ;;
        *) fault "line $number is not NAME=value" && continue ;;
        esac
        name=${line%%=*}
        value=${line#*=}
        case $name in
        *[!A-Za-z0-9_]*) fault "line $number is not NAME=value: no space before the =, no export" && continue ;;
        esac
        # shellcheck disable=SC1003  # a backslash
        case $value in
        *[\'\"\`\$\#\ ]* | *'\'* | *"$tab"*) fault "$name: a value has no space, quote, backslash, # or \$ in it" ;;
        *[!\ -~]*) fault "$name: a value is in ASCII" ;;
        esac
        case $names in
        *" $name "*) fault "$name stands there twice" ;;
        esac
        names="$names$name "
        eval "said_$name=\$value"
        case $known in
        *" $name "*) ;;
        *) warn "$env_file: $name is known to nothing here. Is it misspelt?" ;;
        esac
    done < "$project/$env_file"
}

# Sets $value to what the file says of a name.
look_up() { eval "value=\${said_$1:-}"; }

check_matches() {
    look_up "$1"
    [ -z "$value" ] || printf '%s\n' "$value" | grep -Eqx -- "$2" || fault "$1: $value is not $3"
}

check_urls() {
    look_up "$1"
    [ -n "$value" ] || return 0
    for url in $(printf %s "$value" | tr ',' ' '); do
        case $url in
        http://localhost* | https://localhost* | http://127.* | http://0.0.0.0* | http://\[::1\]*)
            fault "$1: $url would be the container itself; a server on this host is http://host.docker.internal:PORT"
            ;;
        *) printf '%s\n' "$url" | grep -Eqx 'https?://[A-Za-z0-9._:@%-]+(/[A-Za-z0-9._~/%-]*)?' || fault "$1: $url is not http(s)://host:port" ;;
        esac
    done
}

# Writes the secrets that are missing into .env.prod, and says which.
make_secrets() {
    made=
    for name in SERVICE_CREDENTIAL REDIS_PASSWORD DATABASE_APP_PASSWORD DATABASE_READ_PASSWORD; do
        [ -z "$(setting $name)" ] || continue
        secret=$(od -An -tx1 -N32 /dev/urandom | tr -d ' \n')
        [ ${#secret} -eq 64 ] || die "no secret could be made for $name"
        # In place, so that the file keeps its owner and mode.
        whole=$(cat "$project/$env_file")
        if stated $name; then
            printf '%s\n' "$whole" | sed "s/^$name=\$/$name=$secret/" > "$project/$env_file"
        else
            printf '%s\n%s=%s\n' "$whole" $name "$secret" > "$project/$env_file"
        fi
        made="$made $name"
    done
    [ -z "$made" ] || say "made and written to $env_file:$made"
}
