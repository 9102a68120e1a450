#!/bin/sh
# Takes the restored database away, whatever came of it, and says what came of it. Runs in the image of kubectl.
set -eu
kubectl delete --ignore-not-found --wait --timeout=10m clusters.postgresql.cnpg.io restored
state=$(cat /work/state)
echo "restore test: ${state}"
case ${state} in
  'sound '*) ;;
  *) exit 1 ;;
esac
