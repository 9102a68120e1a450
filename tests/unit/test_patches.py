"""Patches of rendered objects: the operations, the merge keys, what is refused, and what a patch has touched."""

from __future__ import annotations

import copy
from functools import cache

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from gitopsgen.diagnostics import Location
from gitopsgen.model.project import Patch
from gitopsgen.patches import Target, apply, diagnostic, digest, touch, unplaced
from gitopsgen.schemas import Bundled
from gitopsgen.source import Tagged

TARGET = {"kind": "Deployment", "name": "web"}
WEB = {
    "apiVersion": "apps/v1",
    "kind": "Deployment",
    "metadata": {"name": "web", "namespace": "shop", "labels": {"app": "web", "team": "pay"}, "finalizers": ["a/b"]},
    "spec": {
        "replicas": 2,
        "template": {
            "spec": {
                "containers": [
                    {
                        "name": "web",
                        "image": "web:1",
                        "args": ["-a", "-b"],
                        "env": [{"name": "A", "value": "1"}, {"name": "B", "value": "2"}],
                        "ports": [{"containerPort": 53, "protocol": "UDP"}, {"containerPort": 53}],
                    },
                    {"name": "proxy", "image": "proxy:1"},
                ],
                "tolerations": [{"key": "edge"}],
                "nodeSelector": {"zone": "a"},
            }
        },
    },
}
POD = ("spec", "template", "spec")
CONTAINER = (*POD, "containers", 0)


@cache
def schema(api_version="apps/v1", kind="Deployment"):
    return Bundled("1.35").find(api_version, kind).schema


def merging(patch, index=0):
    return Patch(TARGET, patch, (), "overlays/regions/x/shop.yaml", ("patches", index))


def operating(*operations, index=0):
    return Patch(TARGET, None, operations, "overlays/regions/x/shop.yaml", ("patches", index))


def patched(patch, data=WEB, kind_schema=None):
    result = apply(data, [patch], schema() if kind_schema is None else kind_schema)
    assert result.faults == ()
    return result.data


def fault(patch, data=WEB):
    result = apply(data, [patch], schema())
    assert result.data == data, "a patch with a fault changes nothing"
    (found,) = result.faults
    return found[1]


def at(data, *path):
    for step in path:
        data = data[step]
    return data


def pod(**spec):
    return merging({"spec": {"template": {"spec": spec}}})


def containers(*items):
    return pod(containers=list(items))


def names(items):
    return [item["name"] for item in items]


class TestStrategicMerge:
    def test_mappings_merge_and_null_deletes(self):
        labels = patched(merging({"metadata": {"labels": {"team": None, "tier": "edge"}}}))["metadata"]["labels"]

        assert labels == {"app": "web", "tier": "edge"}

    def test_items_merge_by_the_key_of_the_kind_and_new_ones_go_to_the_end(self):
        found = at(patched(containers({"name": "log", "image": "log:1"}, {"name": "web", "image": "web:2"})), *POD)

        assert [(one["name"], one["image"]) for one in found["containers"]] == [
            ("web", "web:2"),
            ("proxy", "proxy:1"),
            ("log", "log:1"),
        ]
        assert found["containers"][0]["args"] == ["-a", "-b"]

    def test_lists_without_a_merge_key_replace(self):
        changed = patched(
            merging(
                {
                    "spec": {
                        "template": {
                            "spec": {"containers": [{"name": "web", "args": ["-c"]}], "tolerations": [{"key": "gpu"}]}
                        }
                    }
                }
            )
        )

        assert at(changed, *CONTAINER, "args") == ["-c"]
        assert at(changed, *POD, "tolerations") == [{"key": "gpu"}]

    def test_a_second_key_has_its_default(self):
        port = {"containerPort": 53, "name": "dns"}
        ports = at(patched(containers({"name": "web", "ports": [port]})), *CONTAINER, "ports")

        assert ports == [{"containerPort": 53, "protocol": "UDP"}, {"containerPort": 53, "name": "dns"}]

    def test_a_second_key_without_default_may_be_left_out_where_one_item_matches(self):
        spread = {"topologyKey": "zone", "whenUnsatisfiable": "DoNotSchedule", "maxSkew": 1}
        data = copy.deepcopy(WEB)
        data["spec"]["template"]["spec"]["topologySpreadConstraints"] = [spread]

        changed = patched(pod(topologySpreadConstraints=[{"topologyKey": "zone", "maxSkew": 2}]), data)

        assert at(changed, *POD, "topologySpreadConstraints") == [{**spread, "maxSkew": 2}]

    def test_sets_of_scalars_are_joined(self):
        changed = patched(merging({"metadata": {"finalizers": ["c/d", "a/b"]}}))

        assert changed["metadata"]["finalizers"] == ["a/b", "c/d"]

    def test_delete_takes_out_items_and_mappings(self):
        spec = at(
            patched(pod(containers=[{"name": "web", "$patch": "delete"}], nodeSelector={"$patch": "delete"})), *POD
        )

        assert names(spec["containers"]) == ["proxy"]
        assert "nodeSelector" not in spec

    def test_delete_takes_out_the_whole_object(self):
        assert patched(merging({"$patch": "delete"})) is None

    def test_replace_of_a_mapping_an_item_and_a_list(self):
        env = [{"$patch": "replace"}, {"name": "C", "value": "3"}]
        changed = patched(
            pod(nodeSelector={"$patch": "replace", "disk": "ssd"}, containers=[{"name": "web", "env": env}])
        )
        item = patched(containers({"name": "web", "$patch": "replace", "image": "web:3"}))

        assert at(changed, *POD, "nodeSelector") == {"disk": "ssd"}
        assert at(changed, *CONTAINER, "env") == [{"name": "C", "value": "3"}]
        assert at(item, *CONTAINER) == {"name": "web", "image": "web:3"}

    def test_custom_kinds_merge_by_the_keys_of_their_pack(self):
        hosts = {
            "type": "array",
            "x-kubernetes-list-type": "map",
            "x-kubernetes-list-map-keys": ["host"],
            "items": {"type": "object", "properties": {"host": {"type": "string"}, "port": {"type": "integer"}}},
        }
        pack = {"type": "object", "properties": {"spec": {"type": "object", "properties": {"hosts": hosts}}}}
        data = {"kind": "Route", "metadata": {"name": "web"}, "spec": {"hosts": [{"host": "a", "port": 1}]}}
        patch = merging({"spec": {"hosts": [{"host": "b", "port": 2}, {"host": "a", "port": 3}]}})

        assert patched(patch, data, pack)["spec"]["hosts"] == [{"host": "a", "port": 3}, {"host": "b", "port": 2}]
        assert patched(patch, data, {})["spec"]["hosts"] == [{"host": "b", "port": 2}, {"host": "a", "port": 3}]

    def test_the_object_that_was_rendered_stays_as_it_is(self):
        before = copy.deepcopy(WEB)
        patched(containers({"name": "web", "env": [{"name": "A", "value": "9"}]}, {"name": "log", "image": "l"}))

        assert before == WEB


class TestRefused:
    """What a person did not mean is told at the line that asks for it."""

    @pytest.mark.parametrize(
        ("patch", "rule", "path"),
        [
            (merging({"metadata": {"labels": {"x": None}}}), "unplaced-patch", ("metadata", "labels", "x")),
            (
                containers({"name": "web", "env": [{"name": "Z", "$patch": "delete"}]}),
                "unplaced-patch",
                (*CONTAINER, "env", 0),
            ),
            (merging({"spec": {"strategy": {"$patch": "delete"}}}), "unplaced-patch", ("spec", "strategy")),
            (containers({"image": "web:2"}), "refused-patch", CONTAINER),
            (pod(tolerations=[{"key": "edge", "$patch": "delete"}]), "refused-patch", (*POD, "tolerations", 0)),
            (merging({"spec": {"$patch": "remove", "replicas": 3}}), "refused-patch", ("spec", "$patch")),
            (merging({"spec": {"$retainKeys": ["a"]}}), "refused-patch", ("spec", "$retainKeys")),
            (merging({"spec": {"replicas": Tagged("!append", [1])}}), "refused-patch", ("spec", "replicas")),
            (merging({"metadata": {"name": "other"}}), "refused-patch", ()),
            (merging({"spec": {"replicas": 2}}), "idle-patch", ()),
            (merging({"kind": "Deployment"}), "idle-patch", ()),
        ],
    )
    def test_strategic_merge(self, patch, rule, path):
        found = fault(patch)

        assert (rule, ("strategicMerge", *path)) == (found.rule, found.path)

    @pytest.mark.parametrize(
        ("operation", "rule"),
        [
            ({"op": "remove", "path": "/spec/paused"}, "unplaced-patch"),
            ({"op": "replace", "path": "/spec/paused", "value": True}, "unplaced-patch"),
            ({"op": "add", "path": "/spec/strategy/type", "value": "Recreate"}, "unplaced-patch"),
            ({"op": "add", "path": "/spec/template/spec/containers/3", "value": {}}, "unplaced-patch"),
            ({"op": "remove", "path": "/spec/template/spec/containers/-"}, "unplaced-patch"),
            ({"op": "remove", "path": "/spec/template/spec/containers/01"}, "refused-patch"),
            ({"op": "remove", "path": "/spec/template/spec/containers/-1"}, "refused-patch"),
            ({"op": "add", "path": "/spec/replicas/x", "value": 1}, "unplaced-patch"),
            ({"op": "copy", "from": "/spec/nothing", "path": "/spec/replicas"}, "unplaced-patch"),
            ({"op": "move", "from": "/spec", "path": "/spec/template"}, "refused-patch"),
            ({"op": "test", "path": "/spec/replicas", "value": 3}, "refused-patch"),
            ({"op": "test", "path": "/spec/template", "value": 3}, "refused-patch"),
            ({"op": "add", "path": "spec", "value": 1}, "refused-patch"),
            ({"op": "add", "path": "/a~b", "value": 1}, "refused-patch"),
            ({"op": "remove", "path": ""}, "refused-patch"),
        ],
    )
    def test_operations(self, operation, rule):
        first = {"op": "add", "path": "/metadata/labels/x", "value": "y"}
        found = fault(operating(first, operation))

        assert (rule, ("jsonPatch", 1)) == (found.rule, found.path)

    @pytest.mark.parametrize(
        ("operation", "rule"),
        [
            ({"op": "replace", "path": "/metadata/name", "value": "other"}, "refused-patch"),
            ({"op": "replace", "path": "", "value": []}, "refused-patch"),
            ({"op": "test", "path": "/spec/replicas", "value": 2}, "idle-patch"),
            ({"op": "replace", "path": "/spec/replicas", "value": 2}, "idle-patch"),
        ],
    )
    def test_what_an_object_must_not_become(self, operation, rule):
        assert rule == fault(operating(operation)).rule

    def test_an_ambiguous_item(self):
        spreads = [
            {"topologyKey": "zone", "whenUnsatisfiable": one, "maxSkew": 1}
            for one in ("DoNotSchedule", "ScheduleAnyway")
        ]
        data = copy.deepcopy(WEB)
        data["spec"]["template"]["spec"]["topologySpreadConstraints"] = spreads

        found = fault(pod(topologySpreadConstraints=[{"topologyKey": "zone", "maxSkew": 2}]), data)

        assert "matches 2" in found.message
        assert found.hint == "give all keys of the item"

    def test_all_faults_of_a_merge_are_told(self):
        patch = merging({"metadata": {"labels": {"x": None, "y": None}}, "spec": {"$retainKeys": []}})

        assert len(apply(WEB, [patch], schema()).faults) == 3

    def test_a_patch_that_fails_does_not_keep_the_next_one_from_its_work(self):
        bad, good = merging({"spec": {"nothing": None}}), merging({"spec": {"replicas": 5}}, 1)
        result = apply(WEB, [bad, good], schema())

        assert result.data["spec"]["replicas"] == 5
        assert [patch for patch, _ in result.faults] == [bad]


class TestHostile:
    def test_copies_of_copies_stop(self):
        doubling = {"op": "copy", "from": "/data", "path": "/data/-"}
        result = apply({"kind": "X", "data": [1]}, [operating(*[doubling] * 60)], {})

        assert [found.rule for _, found in result.faults] == ["refused-patch"]
        assert result.faults[0][1].path[1] < 20

    def test_depth_stops(self):
        steps = [{"op": "add", "path": "/a" * depth, "value": {}} for depth in range(1, 90)]

        assert "65 steps" in fault(operating(*steps)).message


class TestTargets:
    def test_a_target_without_namespace_means_the_name_alone(self):
        assert Target("Deployment", "web").is_met_by(WEB)
        assert Target("Deployment", "web", "shop").is_met_by(WEB)
        assert not Target("Deployment", "web", "other").is_met_by(WEB)
        assert not Target("Deployment", "api").is_met_by(WEB)
        assert not Target("StatefulSet", "web").is_met_by(WEB)
        assert not Target("Deployment", "web").is_met_by([])
        assert not Target("Deployment", "web").is_met_by({"kind": "Deployment", "metadata": None})

    def test_a_target_is_exactly_one_object(self):
        patch = merging({"spec": {"replicas": 3}})
        messages = [found.message for count in (0, 1, 2) for _, found in unplaced([patch], {Target.of(patch): count})]

        assert messages == [
            "found a patch of Deployment 'web', which the variant does not render",
            "found a patch of Deployment 'web', of which the variant renders 2, expected one",
        ]

    def test_a_fault_stands_at_its_line(self):
        text = (
            "patches:\n  - target: {kind: Deployment, name: web}\n    strategicMerge:\n      spec:\n        no: null\n"
        )
        patch = merging({"spec": {"no": None}})
        one = diagnostic(patch, fault(patch), {patch.file: text})

        assert Location(patch.file, 5, 9) == one.location
        assert (one.code, one.name) == ("GG321", "unplaced-patch")

    def test_the_digest_depends_on_the_patch_and_on_what_the_template_read(self):
        one, other = merging({"spec": {"replicas": 3}}), merging({"spec": {"replicas": 4}})

        assert len({digest("a", [one]), digest("b", [one]), digest("a", [other]), digest("a", [one, other])}) == 4
        assert digest("a", [one]) == digest("a", [merging({"spec": {"replicas": 3}})])


class TestOperations:
    """The examples of RFC 6902, appendix A, in our words, and the escapes of RFC 6901."""

    @pytest.mark.parametrize(
        ("data", "operation", "expected"),
        [
            ({"a": 1}, {"op": "add", "path": "/b", "value": 2}, {"a": 1, "b": 2}),
            ({"a": [1, 3]}, {"op": "add", "path": "/a/1", "value": 2}, {"a": [1, 2, 3]}),
            ({"a": [1]}, {"op": "add", "path": "/a/-", "value": [2]}, {"a": [1, [2]]}),
            ({"a": [1]}, {"op": "add", "path": "/a/1", "value": 2}, {"a": [1, 2]}),
            ({"a": 1}, {"op": "add", "path": "/a", "value": None}, {"a": None}),
            ({"a": 1, "b": 2}, {"op": "remove", "path": "/b"}, {"a": 1}),
            ({"a": [1, 2, 3]}, {"op": "remove", "path": "/a/1"}, {"a": [1, 3]}),
            ({"a": [1, 2]}, {"op": "replace", "path": "/a/0", "value": 9}, {"a": [9, 2]}),
            ({"a": {"x": 1}, "b": {}}, {"op": "move", "from": "/a/x", "path": "/b/y"}, {"a": {}, "b": {"y": 1}}),
            ({"a": [1, 2, 3]}, {"op": "move", "from": "/a/0", "path": "/a/2"}, {"a": [2, 3, 1]}),
            ({"a": [{"x": 1}]}, {"op": "copy", "from": "/a/0", "path": "/a/-"}, {"a": [{"x": 1}, {"x": 1}]}),
            ({"a/b": 1}, {"op": "replace", "path": "/a~1b", "value": 2}, {"a/b": 2}),
            ({"a~1": 1}, {"op": "replace", "path": "/a~01", "value": 2}, {"a~1": 2}),
            ({"": 1}, {"op": "replace", "path": "/", "value": 2}, {"": 2}),
            ({"0": 1}, {"op": "replace", "path": "/0", "value": 2}, {"0": 2}),
            ({"a": 1}, {"op": "replace", "path": "", "value": {"b": 1}}, {"b": 1}),
        ],
    )
    def test_example(self, data, operation, expected):
        assert expected == patched(operating(operation), data)

    @pytest.mark.parametrize(("value", "holds"), [(1, True), (1.0, True), (True, False), ("1", False), (None, False)])
    def test_a_test_compares_as_json_does(self, value, holds):
        operation = {"op": "test", "path": "/a", "value": value}
        result = apply({"a": 1}, [operating(operation, {"op": "add", "path": "/b", "value": 1})], {})

        assert holds is (result.faults == ())

    def test_a_copied_value_is_its_own(self):
        copied = {"op": "copy", "from": "/a", "path": "/b"}
        changed = {"op": "add", "path": "/b/x", "value": 1}

        assert patched(operating(copied, changed), {"a": {}}) == {"a": {}, "b": {"x": 1}}


SCALARS = st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=3)
DOCUMENTS = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("ab/~0-", max_size=2), inner, max_size=4),
    max_leaves=12,
)
OBJECTS = st.dictionaries(st.text("ab/~0-", max_size=2), DOCUMENTS, min_size=1, max_size=4)


def places(data, path=()):
    """Give every path of a document, the root left out."""
    if path:
        yield path
    for step, value in enumerate(data) if isinstance(data, list) else data.items() if isinstance(data, dict) else ():
        yield from places(value, (*path, step))


def pointer(path):
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in path)


@given(OBJECTS, st.data(), DOCUMENTS)
def test_an_operation_and_its_inverse_give_the_original(data, draw, value):
    path = draw.draw(st.sampled_from(list(places(data))))
    parent, here = at(data, *path[:-1]), pointer(path)
    op = draw.draw(st.sampled_from(["add", "remove", "replace", "copy", "move"]))
    if op == "remove":
        there, back = {"op": op, "path": here}, {"op": "add", "path": here, "value": parent[path[-1]]}
    elif op == "replace":
        there, back = {"op": op, "path": here, "value": value}, {"op": op, "path": here, "value": parent[path[-1]]}
    elif op == "add" and isinstance(parent, list):
        there, back = {"op": op, "path": here, "value": value}, {"op": "remove", "path": here}
    else:
        assume("new" not in data)
        source = {"from": here} if op != "add" else {"value": value}
        there = {"op": op, "path": "/new", **source}
        back = {"op": "move", "from": "/new", "path": here} if op == "move" else {"op": "remove", "path": "/new"}
    before = copy.deepcopy(data)
    result = apply(data, [operating(there)], {})
    assume(not result.faults)  # what changed nothing has no way back

    assert patched(operating(back), result.data, {}) == before
    assert data == before


@given(st.data())
def test_what_touched_a_field_is_told_with_its_line(draw):
    """Whatever the patches do to lists, every scalar of the result is traced to a place that holds its value."""
    new = st.sampled_from(["x", "y", "z"])
    env = st.lists(
        st.fixed_dictionaries({"name": st.sampled_from("ABCD")}, optional={"value": new}),
        unique_by=lambda one: one["name"],
    )
    patches = [
        containers({"name": "web", "env": draw.draw(env), "image": draw.draw(new)}),
        operating({"op": "add", "path": "/spec/template/spec/containers/0", "value": {"name": "first"}}, index=1),
        operating({"op": "move", "from": "/spec/template/spec/containers/2", "path": "/metadata/annotations"}, index=2),
        merging({"metadata": {"labels": {"team": None, "new": draw.draw(new)}}}, 3),
    ]
    patches = draw.draw(st.permutations(patches))
    result = apply(WEB, patches, schema())
    done = [patch for patch in patches if patch not in [one for one, _ in result.faults]]
    scalars = [path for path in places(result.data) if not isinstance(at(result.data, *path), dict | list)]

    for path in scalars:
        touched = touch(WEB, patches, schema(), path)
        for patch, place in touched.patches:
            inside = place[len(patch.path) :]
            record = {"strategicMerge": patch.strategic_merge, "jsonPatch": list(patch.json_patch)}
            assert patch in done
            assert at(result.data, *path) == at(record, *inside)
        for place in touched.rendered:
            assert at(result.data, *path) == at(WEB, *place)
        assert len(touched.patches) + len(touched.rendered) == 1


def test_a_field_that_no_patch_touched_says_where_it_stood():
    patch = operating({"op": "remove", "path": "/spec/template/spec/containers/0"})
    touched = touch(WEB, [patch], schema(), (*CONTAINER, "image"))

    assert not touched
    assert touched.rendered == ((*POD, "containers", 1, "image"),)


def test_a_field_that_a_patch_set_names_its_line():
    text = "patches:\n  - target: {kind: Deployment, name: web}\n    strategicMerge:\n      spec: {replicas: 7}\n"
    patch = merging({"spec": {"replicas": 7}})
    touched = touch(WEB, [patch], schema(), ("spec",))

    assert touched.locations({patch.file: text}) == (Location(patch.file, 4, 24),)
    assert touched.rendered, "a part of the specification is still the template's"
    assert not touch(WEB, [merging({"$patch": "delete"})], schema(), ("spec",)).rendered
