#!/bin/sh
# Asks the restored database for its newest row. Runs in the image of PostgreSQL.
set -eu
[ "$(cat /work/state)" = restored ] || exit 0
if age=$(psql --no-psqlrc --tuples-only --no-align --command="SELECT floor(extract(epoch FROM now() - (${QUERY})))::bigint"); then
  case ${age} in
    '' | *[!0-9-]*) echo "no row, or no time: '${age}'" > /work/state ;;
    *)
      if [ "${age}" -le "${MAX_AGE_SECONDS}" ]; then
        echo "sound ${age}" > /work/state
      else
        echo "the newest row is ${age} s old, expected at most ${MAX_AGE_SECONDS}" > /work/state
      fi
      ;;
  esac
else
  echo 'the restored database does not answer' > /work/state
fi
