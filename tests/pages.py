"""Documents for the page that no project has: a thousand cities, or names that want to break out."""

from __future__ import annotations

from tests.bench.cities import cities

HOSTILE = "</script><script>window.broken = 1</script>"
QUOTED = '"\'><img src=x onerror="window.broken = 1"> & {{ }} `${1}` \u2028'


def document(count=9):
    """Give the document of an invented fleet: of `count` cities, one case, all kinds of findings and a change."""
    return {
        "schema": 1,
        "tool": "0.0",
        "repository": "https://git.example.com/shop.git",
        "cities": [_city(one) for one in cities(count)],
        "cases": [_case(count)],
        "capacities": [_capacity(percent) for percent in (60, 85, 95, 101)],
        "graphs": [_graph()],
        "deviations": {
            "columns": ["cluster", "case", "value", "here", "tier", "layer", "file", "line"],
            "texts": ["edge", "shop", "scaling.max", "30", "12", "region", "overlays/regions/a/region.yaml"],
        },
        "findings": [_finding("error", "GG401"), _finding("warning", "GG423")],
        "change": {
            "base": "0123456789abcdef",
            "named": "main",
            "summary": "objects: 1 changed, in 2 clusters of 2 cities",
            "dangers": [_finding("warning", "GG921")],
            "changes": [
                {
                    "heading": "shop: ConfigMap shop/shop",
                    "case": "shop",
                    "status": "changed",
                    "hunks": [
                        {"where": "2 of 9 cities", "places": 2, "lines": [["-", "data.A: 1"], ["+", "data.A: 2"]]}
                    ],
                }
            ],
            "leftOut": 0,
        },
    }


def _city(one):
    number = one.number % 4
    percent = (40, 15, 5, -1)[number]
    release = "r2" if one.number % 3 else None
    variant = {"case": "shop", "release": release, "graph": 0}
    cluster = {"name": "edge", "class": "edge", "kubernetes": "1.35", "versionSet": "modern", "capacity": number}
    return {
        "name": one.name,
        "zh": one.zh,
        "tier": one.tier,
        "area": one.area,
        "environment": "production",
        "wave": number,
        "lat": one.lat,
        "lon": one.lon,
        "directory": f"overlays/regions/{one.name}",
        "failover": [{"name": name, "km": 120, "rttMs": 3.8} for name in one.failover],
        "headroom": {"percent": percent, "fits": percent >= 0, "single": 0, "clusters": 1},
        "clusters": [
            {**cluster, "name": name, "names": {"<region>": one.name}, "variants": [variant]}
            for name in (("edge",) if number else ("edge", "risk"))
        ],
        "findings": [[], [1], [0, 1]][one.number % 3],
        "deviations": [[0, 1, 2, 3, 4, 5, 6, 12]] if one.number % 2 else [],
    }


def _case(count):
    clusters = [{"cluster": f"{one.name}/edge", "release": "r2" if one.number % 3 else None} for one in cities(count)]
    batches = [{"wave": "all", "number": 1, "of": 1, "clusters": clusters}]
    done = sum(one["release"] == "r2" for one in clusters)
    return {
        "name": "shop",
        "title": "Shop",
        "description": "Sells things.",
        "namespace": "shop",
        "kubernetes": ">=1.30",
        "components": ["workload"],
        "objectives": [{"name": "availability", "target": "0.9999"}],
        "rollout": {"release": "r2", "date": "2026-11-20", "clusters": count, "done": done, "next": "all"}
        | {"batches": batches},
        "controls": [
            {"framework": "PCI DSS", "number": "1.2", "title": "Networks are apart.", "supported": 9, "variants": 9}
            | {"places": ["generated/a/edge/shop/networkpolicy-shop.yaml:12"]}
        ],
        "findings": [0, 1],
    }


def _capacity(percent):
    amounts = {"cpu": 40 * percent, "memory": percent << 26, "pods": 12}
    loads = dict.fromkeys(("usual", "most", "peak"), amounts)
    return {
        "nodes": "2 x 4 8Gi",
        "takers": 2,
        "fits": percent < 100,
        "overbooked": "",
        "allocatable": {"cpu": 4000, "memory": 100 << 26, "pods": 110},
        "cases": [{"case": "shop", **loads}],
        "total": loads,
        "oneLost": {"cpu": percent, "memory": percent},
        "problems": [] if percent < 100 else ["2 of Deployment shop/shop (cpu)"],
        "breaks": [],
    }


def _graph():
    return {
        "objects": [
            ["ConfigMap", "shop", "shop", ""],
            ["Deployment", "shop", "shop-<region>", ""],
            ["NetworkPolicy", "shop", "in", ""],
            ["NetworkPolicy", "shop", "out", ""],
            ["Service", "shop", "shop", ""],
            ["Secret", "shop", "shop-keys", "-"],
        ],
        "links": [[1, "reads", 0], [1, "reads", 5], [2, "guards", 1], [3, "guards", 1], [4, "leads to", 1]],
    }


def _finding(severity, code):
    where = {"file": "overlays/regions/a/region.yaml", "line": 3, "column": 5}
    return {
        "code": code,
        "name": "some-rule",
        "severity": severity,
        "message": "found one thing, expected another",
        "hint": "write the other",
        "location": where,
        "related": [{"message": "set here", "location": where}],
        "cities": ["anbao"],
        "cases": ["shop"],
    }
