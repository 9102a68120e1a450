#!/bin/sh
# Restores the newest backup into a database of its own. Runs in the image of kubectl.
set -eu
kubectl delete --ignore-not-found --wait --timeout=10m clusters.postgresql.cnpg.io restored
kubectl create --filename=/etc/restore-test/cluster.yaml
# What failed is told by the last container, which takes the database away again in any case.
if kubectl wait --for=condition=Ready --timeout="${TIMEOUT}" clusters.postgresql.cnpg.io/restored; then
  echo restored > /work/state
else
  echo "not restored within ${TIMEOUT}" > /work/state
fi
