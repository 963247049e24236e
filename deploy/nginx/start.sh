#!/bin/sh
# Starts nginx with nginx.conf and server.conf of this folder, put together for this host:
#   start.sh                  run nginx until it is told to stop
#   start.sh point HOST:PORT  have the running nginx pass requests to this gateway, without a request being lost
#   start.sh test             say whether the configuration is sound
# The environment may say GATEWAY, TRUSTED_PROXIES (addresses and networks, with commas between), EDGE_REQUESTS_PER_SECOND,
# EDGE_CONNECTIONS_MAX, EDGE_STREAMS_MAX; CERTIFICATES (a folder: with fullchain.pem and privkey.pem in it, TLS is served);
# LISTEN, LISTEN_TLS, RESOLVER, RUN and LOG, where nginx does not run in its container.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
run=${RUN:-/tmp/nginx}
listen=${LISTEN:-80}
listen_tls=${LISTEN_TLS:-443}
certificates=${CERTIFICATES:-/etc/nginx/certificates}
rate=${EDGE_REQUESTS_PER_SECOND:-20}
gateway=${GATEWAY:-gateway:8000}
[ "${1:-}" != point ] || gateway=$2
resolver=${RESOLVER:-$(sed -n 's/^nameserver[[:space:]]*\([0-9.]*\)[[:space:]]*$/\1/p' /etc/resolv.conf | head -n 1)}

# From 1.27.4 on, an idle connection of a client is left open for a while though nginx reloads: a request may be on its way.
keepalive_min() {
    version=$(nginx -v 2>&1 | sed -n 's|.*nginx/\([0-9]*\)\.\([0-9]*\)\.\([0-9]*\).*|\1 * 1000000 + \2 * 1000 + \3|p')
    if [ $((version)) -ge 1027004 ]; then
        printf 'keepalive_min_timeout 3s;'
    fi
}

filled() {
    sed -e "s|__KEEPALIVE_MIN__|$(keepalive_min)|g" -e "s|__RUN__|$run|g" -e "s|__LOG__|${LOG:-/dev/stdout}|g" -e "s|__RESOLVER__|${resolver:-127.0.0.11}|g" \
        -e "s|__GATEWAY__|$gateway|g" -e "s|__REQUESTS_PER_SECOND__|$rate|g" -e "s|__BURST__|$((rate * 3))|g" \
        -e "s|__CONNECTIONS_MAX__|${EDGE_CONNECTIONS_MAX:-100}|g" -e "s|__STREAMS_MAX__|${EDGE_STREAMS_MAX:-20}|g" "$here/$1"
}

# problem STATUS TITLE DETAIL [MORE JSON] [HEADER VALUE]
problem() {
    more=${4:+$4,}
    status=$1
    # nginx's own number for plain HTTP on the port for TLS.
    [ "$1" != 497 ] || status=400
    printf 'location = /.problem/%s {\n    internal;\n    default_type application/problem+json;\n    add_header Cache-Control no-store always;\n' "$1"
    # shellcheck disable=SC2016  # nginx's variable
    printf '    add_header X-Request-Id $id always;\n'
    [ -z "${5:-}" ] || printf '    add_header %s always;\n' "$5"
    printf "    return %s '{\"type\":\"%s\",\"title\":\"%s\",\"status\":%s,%s\"detail\":\"%s\",\"instance\":\"\$id\"}';\n}\n" \
        "$status" "$(type_of "${6:-}")" "$2" "$status" "$more" "$3"
}

type_of() {
    if [ -z "$1" ]; then
        printf about:blank
    else
        printf 'urn:maratang:error:%s' "$1"
    fi
}

problems() {
    problem 400 'Invalid request' 'this is no request that can be read' '"reason":"INVALID_ARGUMENT"' '' invalid-argument
    problem 403 Forbidden 'this is not for you'
    problem 404 'No such path' 'no method has this path; GET /docs lists them' '"reason":"PATH_NOT_FOUND"' '' path-not-found
    problem 405 'Method not allowed' 'this method is not known here' '"reason":"METHOD_NOT_ALLOWED"' '' method-not-allowed
    problem 408 'Request Timeout' 'the request took too long to arrive'
    problem 413 'Body too large' 'a body may have at most 16384 bytes' '"reason":"BODY_TOO_LARGE","metadata":{"maxBytes":"16384"}' '' \
        body-too-large
    problem 414 'URI Too Long' 'the address is longer than 8192 bytes'
    problem 429 'Too Many Requests' 'too many requests from your address at once: wait a second' '"retryAfter":1' 'Retry-After 1'
    problem 431 'Request Header Fields Too Large' 'the request has more, or longer, headers than are read'
    problem 497 'Bad Request' 'this port is for https'
    problem 500 'Internal error' 'internal error' '"reason":"INTERNAL"' '' internal
    problem 501 'Not Implemented' 'nobody here can do that'
    problem 503 'Service unavailable' 'the gateway service can not be reached: try again' \
        '"reason":"SERVICE_UNAVAILABLE","metadata":{"service":"gateway"},"retryAfter":1' 'Retry-After 1' service-unavailable
    problem 504 'Deadline exceeded' 'the deadline passed before the answer was there' '"reason":"DEADLINE_EXCEEDED"' '' deadline-exceeded
}

trusted() {
    for one in $(printf %s "${TRUSTED_PROXIES:-}" | tr ',' ' '); do
        printf 'set_real_ip_from %s;\n' "$one"
    done
}

servers() {
    if [ -r "$certificates/fullchain.pem" ] && [ -r "$certificates/privkey.pem" ]; then
        cat <<TLS
server {
    listen $listen_tls ssl default_server backlog=2048;
    server_name _;
    ssl_certificate $certificates/fullchain.pem;
    ssl_certificate_key $certificates/privkey.pem;
    ssl_protocols TLSv1.2 TLSv1.3;
    ssl_session_cache shared:tls:10m;
    ssl_session_timeout 1d;
    ssl_session_tickets off;
    add_header Strict-Transport-Security "max-age=31536000" always;
    include $run/server.conf;
}
server {
    listen $listen default_server;
    server_name _;
    # For what looks at this container from inside it.
    location = /livez {
        set \$gateway "http://$gateway";
        proxy_pass \$gateway;
    }
    location / {
        return 308 https://\$host\$request_uri;
    }
}
TLS
    else
        cat <<PLAIN
server {
    listen $listen default_server backlog=2048;
    server_name _;
    include $run/server.conf;
}
PLAIN
    fi
}

mkdir -p "$run"
filled nginx.conf > "$run/nginx.conf"
filled server.conf > "$run/server.conf"
problems > "$run/problems.conf"
trusted > "$run/trusted.conf"
servers > "$run/servers.conf"

# The first two before the configuration is read: nowhere else may be written here.
set -- "${1:-}" -p "$run" -e stderr -c "$run/nginx.conf"
case $1 in
point)
    shift
    nginx -t -q "$@"
    exec nginx "$@" -s reload
    ;;
test)
    shift
    exec nginx -t "$@"
    ;;
*)
    shift
    exec nginx "$@"
    ;;
esac
