#!/bin/sh
# Makes the secrets that the compose files mount, those that are missing; what is there is left as it is.
# The folder is closed to others on this machine; the files in it are readable, as the containers' users must read them.
set -eu
folder=$(cd "$(dirname "$0")" && pwd)/secrets
mkdir -p "$folder" && chmod 0700 "$folder"

key() { head -c 24 /dev/urandom | od -An -v -tx1 | tr -d ' \n'; }
keep() { umask 0133 && printf '%s' "$2" >"$folder/$1.new" && mv "$folder/$1.new" "$folder/$1" && echo "made $folder/$1"; }

[ -s "$folder/metrics_key" ] || keep metrics_key "$(key)"
# The first key is yours; Prometheus has one of its own, so that either can be changed without the other.
[ -s "$folder/api_keys" ] || keep api_keys "$(key),$(cat "$folder/metrics_key")"
[ -s "$folder/grafana_password" ] || keep grafana_password "$(key)"
