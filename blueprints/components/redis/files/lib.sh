# What both programs need: who am I, who is primary, and when the certificate changes.
# The environment gives DOMAIN, FIRST, PRIMARY and SENTINELS; CONFIG, AUTH, TLS, STATE and RUN are folders.
self="$HOSTNAME.$DOMAIN"

ask() {
  timeout 2 redis-cli -h "$1" -p 26379 --tls --cacert "$TLS/ca.crt" \
    sentinel get-master-addr-by-name "$PRIMARY" 2>/dev/null | head -n 1
}

# The host of the primary, by the first sentinel beside this pod that knows; fails where none answers.
primary() {
  for sentinel in $SENTINELS; do
    [ "$sentinel" = "$self" ] && continue
    answer=$(ask "$sentinel") || continue
    # Anything else is the text of an error.
    case "$answer" in *".$DATA_DOMAIN") echo "$answer"; return 0 ;; esac
  done
  return 1
}

# A program that runs keeps the certificate that it began with. When the file changes the container starts again,
# one pod after the other.
restart_with_new_certificate() {
  before=$(sha256sum "$TLS/tls.crt")
  while sleep "${WATCH_SECONDS:-60}"; do
    if [ "$(sha256sum "$TLS/tls.crt")" != "$before" ]; then
      sleep "$((${HOSTNAME##*-} * ${STAGGER_SECONDS:-300}))"
      kill -TERM "$1"
      return
    fi
  done
}
