"""An option that K3s does not have.

What it finds:
    A key in `/etc/rancher/k3s/config.yaml`, or in a file of `config.yaml.d`, that is no option of K3s'
    server or agent.

Why:
    K3s does not start: the keys of the file are its flags, and it knows no other.

Example:
    # etc/rancher/k3s/config.yaml
    wasm: true
    node-label: [topology.kubernetes.io/region=cn-east, topology.kubernetes.io/zone=shanghai]

Instead:
    # etc/rancher/k3s/config.yaml
    node-label: [topology.kubernetes.io/region=cn-east, topology.kubernetes.io/zone=shanghai]

"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gitopsgen.check.nodes.files import is_k3s_config
from gitopsgen.check.rule import Found, Rule, Subject
from gitopsgen.diagnostics import Severity
from gitopsgen.schemas.wording import suggestion

RULE = Rule("GG941", "unknown-server-option", Severity.ERROR, is_shared=True)

# Options of `k3s server` and `k3s agent`, releases 1.30 to 1.35; a key may end in `+`, which appends.
_WORDS: Final = """
    advertise-address advertise-port agent-token agent-token-file airgap-extra-registry alsologtostderr bind-address
    bind-address-v6 cluster-cidr cluster-dns cluster-domain cluster-init cluster-reset cluster-reset-restore-path config
    container-runtime-endpoint data-dir datastore-cafile datastore-certfile datastore-endpoint datastore-keyfile debug
    default-local-storage-path default-runtime disable disable-agent disable-apiserver disable-apiserver-lb
    disable-cloud-controller disable-controller-manager disable-default-registry-endpoint disable-etcd
    disable-helm-controller disable-kube-proxy disable-network-policy disable-scheduler docker egress-selector-mode
    embedded-registry enable-pprof etcd-arg etcd-disable-snapshots etcd-expose-metrics etcd-s3 etcd-s3-access-key
    etcd-s3-bucket etcd-s3-bucket-lookup-type etcd-s3-config-secret etcd-s3-endpoint etcd-s3-endpoint-ca etcd-s3-folder
    etcd-s3-insecure etcd-s3-proxy etcd-s3-region etcd-s3-retention etcd-s3-secret-key etcd-s3-session-token
    etcd-s3-skip-ssl-verify etcd-s3-timeout etcd-snapshot-compress etcd-snapshot-dir etcd-snapshot-name
    etcd-snapshot-reconcile-interval etcd-snapshot-retention etcd-snapshot-schedule-cron flannel-backend
    flannel-cni-conf flannel-conf flannel-cni-bin-dir flannel-external-ip flannel-iface flannel-ipv6-masq helm-job-image
    https-listen-port image-credential-provider-bin-dir image-credential-provider-config image-service-endpoint
    kine-tls kube-apiserver-arg kube-cloud-controller-manager-arg kube-controller-manager-arg kube-proxy-arg
    kube-scheduler-arg kubelet-arg lb-server-port log multi-cluster-cidr node-external-dns node-external-ip
    node-internal-dns node-ip node-label node-name node-taint nonroot-devices pause-image prefer-bundled-bin
    private-registry protect-kernel-defaults resolv-conf rootless secrets-encryption secrets-encryption-provider
    selinux server service-cidr service-node-port-range servicelb-namespace snapshotter supervisor-metrics
    system-default-registry tls-san tls-san-security token token-file v vmodule vpn-auth vpn-auth-file with-node-id
    write-kubeconfig write-kubeconfig-group write-kubeconfig-mode
"""
_OPTIONS: Final = frozenset(_WORDS.split())


def check(subject: Subject) -> Iterator[Found]:
    """Report keys that are no options."""
    if not is_k3s_config(subject):
        return
    for key in subject.data:
        name = str(key).removesuffix("+")
        if name not in _OPTIONS:
            yield subject.found((str(key),), f'K3s has no option "{name}"', suggestion(name, _OPTIONS))
