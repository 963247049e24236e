#!/bin/sh
# As the official image's: what is in /docker-entrypoint.d belongs to the image's own nginx command.
set -eu
exec "$@"
