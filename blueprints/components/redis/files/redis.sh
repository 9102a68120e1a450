#!/bin/sh
# Starts Redis as what the sentinels say it is: the primary, or a replica of the primary. Without a sentinel it waits:
# an old primary that went by its own memory would take writes that are lost when it meets the new one.
set -eu
. "$CONFIG/lib.sh"

until leader=$(primary); do
  echo "waiting for a sentinel that knows the primary"
  sleep 1
done
echo "primary is $leader"

{
  echo "include $CONFIG/redis.conf"
  echo "include $AUTH/redis.conf"
  echo "replica-announce-ip $self"
  [ "$leader" = "$self" ] || echo "replicaof $leader 6379"
} >"$RUN/redis.conf"

restart_with_new_certificate $$ &
exec redis-server "$RUN/redis.conf"
