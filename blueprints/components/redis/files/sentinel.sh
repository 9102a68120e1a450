#!/bin/sh
# Starts a sentinel with what it knew before, and if it knew nothing, with what the others say; the first pod is primary
# where nobody knows anything, which is so when everything is new.
set -eu
. "$CONFIG/lib.sh"
state="$STATE/sentinel.conf"

known() { grep -E "^sentinel ($1) " "$state" 2>/dev/null || true; }

monitored=$(known monitor | tail -n 1)
if [ -z "$monitored" ]; then
  leader=$(primary) || leader=$FIRST
  monitored="sentinel monitor $PRIMARY $leader 6379 $QUORUM"
fi
echo "$monitored"

{
  cat "$CONFIG/sentinel.conf"
  echo "sentinel announce-ip $self"
  known 'myid|current-epoch'
  echo "$monitored"
  cat "$CONFIG/failover.conf" "$AUTH/sentinel.conf"
  known 'config-epoch|leader-epoch|known-replica|known-sentinel'
} >"$state.new"
mv "$state.new" "$state"

restart_with_new_certificate $$ &
exec redis-server "$state" --sentinel
