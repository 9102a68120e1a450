"""What mutators of Gatekeeper make of objects; tests/real/test_mutation.py asks the real gator the same."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitopsgen.policy.changing import UnmutableError
from gitopsgen.policy.image_parts import parts_of
from gitopsgen.policy.location import Field, Item, LocationError, read_location
from gitopsgen.policy.match import Candidate
from gitopsgen.policy.mutation import Mutation

PODS = {"groups": [""], "versions": ["v1"], "kinds": ["Pod"]}


def mutator(kind: str, location: str, parameters: dict[str, Any], name: str = "m", **spec: Any) -> dict[str, Any]:
    whole = {"location": location, "parameters": parameters, **spec}
    if kind != "AssignMetadata":
        whole.setdefault("applyTo", [PODS])
    return {"apiVersion": "mutations.gatekeeper.sh/v1", "kind": kind, "metadata": {"name": name}, "spec": whole}


def assign(location: str, value: Any, name: str = "m", tests: Any = (), **spec: Any) -> dict[str, Any]:
    parameters = {"assign": {"value": value}, "pathTests": list(tests)}
    return mutator("Assign", location, parameters, name, **spec)


def pod(**spec: Any) -> dict[str, Any]:
    containers = [{"name": "main", "image": "app:1", "ports": [{"containerPort": 80}]}, {"name": "side"}]
    metadata = {"name": "p", "namespace": "shop", "labels": {"app": "p"}}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": {"containers": containers, **spec}}


def mutated(data: dict[str, Any], *mutators: dict[str, Any]) -> Any:
    mutation = Mutation(mutators)
    assert mutation.faults == []
    before = deepcopy(data)
    made = mutation.of(Candidate(data), "CREATE")
    assert data == before, "the given object itself was changed"
    return made.candidate.data


@pytest.mark.parametrize(
    ("location", "steps"),
    [
        (
            "spec.containers[name: main].image",
            (Field("spec"), Field("containers"), Item("name", "main"), Field("image")),
        ),
        ("spec.ports[port: 80]", (Field("spec"), Field("ports"), Item("port", 80))),
        ('a["na me": "*"].b', (Field("a"), Item("na me", "*"), Field("b"))),
        (" a [ b : * ] ", (Field("a"), Item("b", None))),
        (r"'it\'s.one'", (Field("it's.one"),)),
        ('""', (Field(""),)),
        ("", ()),
    ],
)
def test_a_location_is_read_as_steps(location: str, steps: tuple[Any, ...]):
    assert read_location(location) == steps


@pytest.mark.parametrize(
    ("location", "problem"),
    [
        ("spec.", "the name of a field is missing"),
        (".spec", 'found ".", expected the name of a field'),
        ("spec..x", 'found ".", expected the name of a field'),
        ("a[b]", """found "]" behind the key "b", expected ":\""""),
        ("a[b: ]", 'found "]" behind "b:", expected a value or "*"'),
        ("a[b: c", 'found "" behind "b: c", expected "]"'),
        ("a[b: c]d", 'found "d", expected "." or the end'),
        ("a[b: c][d: e]", 'found "[", expected "." or the end'),
        ("1a", 'found "1", expected the name of a field'),
        ("a[b: 9223372036854775808]", "9223372036854775808 is too large for a number"),
        ("a.b/c", "'/' at character 4 is no part of a location"),
        ('a."b', "'\"' at character 3 is no part of a location"),
    ],
)
def test_a_location_that_cannot_be_read_says_where(location: str, problem: str):
    with pytest.raises(LocationError) as raised:
        read_location(location)

    assert str(raised.value) == problem


def test_what_is_missing_on_the_way_is_made():
    made = mutated(
        pod(),
        assign("spec.securityContext.runAsNonRoot", value=True),
        assign("spec.containers[name: main].resources.limits.memory", "64Mi", "n"),
        assign("spec.initContainers[name: wait].image", "wait:1", "o"),
    )

    assert made["spec"]["securityContext"] == {"runAsNonRoot": True}
    assert made["spec"]["containers"][0]["resources"] == {"limits": {"memory": "64Mi"}}
    assert made["spec"]["initContainers"] == [{"name": "wait", "image": "wait:1"}]


def test_all_items_and_one_item_and_a_whole_item():
    made = mutated(
        pod(),
        assign("spec.containers[name: *].imagePullPolicy", "Always"),
        assign("spec.volumes[name: tmp]", {"name": "tmp", "emptyDir": {}}, "n"),
    )

    assert [one["imagePullPolicy"] for one in made["spec"]["containers"]] == ["Always", "Always"]
    assert made["spec"]["volumes"] == [{"name": "tmp", "emptyDir": {}}]


@pytest.mark.parametrize(
    ("condition", "path", "is_changed"),
    [
        ("MustExist", "spec.containers[name: main]", True),
        ("MustExist", "spec.containers[name: main].image", True),
        ("MustNotExist", "spec.containers[name: main].image", False),
        ("MustNotExist", "spec.containers[name: main]", False),
    ],
)
def test_path_tests_decide(condition: str, path: str, *, is_changed: bool):
    tests = [{"subPath": path, "condition": condition}]

    made = mutated(pod(), assign("spec.containers[name: main].image", "new", tests=tests))

    assert (made["spec"]["containers"][0]["image"] == "new") is is_changed


def test_labels_are_added_and_never_replaced():
    parameters = {"assign": {"value": "x"}}

    made = mutated(
        pod(),
        mutator("AssignMetadata", "metadata.labels.app", parameters),
        mutator("AssignMetadata", "metadata.labels.team", parameters, "n"),
        mutator(
            "AssignMetadata", 'metadata.annotations."a.b/c"', {"assign": {"fromMetadata": {"field": "namespace"}}}, "o"
        ),
    )

    assert made["metadata"]["labels"] == {"app": "p", "team": "x"}
    assert made["metadata"]["annotations"] == {"a.b/c": "shop"}


def test_sets_are_merged_and_pruned():
    values = {"values": {"fromList": ["a", 1, True, "a"]}}
    data = pod()
    data["spec"]["containers"][0]["args"] = [1.5, "a"]

    merged = mutated(data, mutator("ModifySet", "spec.containers[name: *].args", values))
    pruned = mutated(merged, mutator("ModifySet", "spec.containers[name: main].args", {**values, "operation": "prune"}))

    assert [one["args"] for one in merged["spec"]["containers"]] == [[1.5, "a", 1, True], ["a", 1, True, "a"]]
    assert pruned["spec"]["containers"][0]["args"] == [1.5]


@pytest.mark.parametrize(
    ("image", "parameters", "made"),
    [
        ("app:1", {"assignDomain": "hub.bank.example"}, "hub.bank.example/app:1"),
        ("docker.io/library/app:1", {"assignDomain": "hub.bank.example:5000"}, "hub.bank.example:5000/library/app:1"),
        ("localhost/app", {"assignTag": ":2"}, "localhost/app:2"),
        ("team/app@sha256:" + "0" * 64, {"assignPath": "other/app", "assignTag": ":2"}, "other/app:2"),
        ("", {"assignPath": "a/b"}, "a/b"),
    ],
)
def test_parts_of_an_image_are_replaced(image: str, parameters: dict[str, str], made: str):
    data = pod()
    data["spec"]["containers"][0]["image"] = image

    found = mutated(data, mutator("AssignImage", "spec.containers[name: main].image", parameters))

    assert found["spec"]["containers"][0]["image"] == made


@given(st.text(alphabet="ab.:/@0-_", max_size=20))
def test_an_image_taken_apart_is_whole_again(image: str):
    domain, path, tag = parts_of(image)

    assert (f"{domain}/{path}{tag}" if domain else path + tag) == image


def test_what_one_mutator_adds_another_one_sees():
    made = mutated(
        pod(),
        assign("spec.priorityClassName", "high", match={"labelSelector": {"matchLabels": {"tier": "front"}}}),
        mutator("AssignMetadata", "metadata.labels.tier", {"assign": {"value": "front"}}),
    )

    assert made["spec"]["priorityClassName"] == "high"


def test_mutators_may_overrule_each_other():
    values = {"values": {"fromList": ["a"]}}
    mutators = [
        mutator("ModifySet", "spec.containers[name: main].args", values, "add"),
        mutator("ModifySet", "spec.containers[name: main].args", {**values, "operation": "prune"}, "prune"),
        assign("spec.nodeName", "first"),
        assign("spec.nodeName", "last", "n"),
    ]

    made = mutated(pod(), *mutators)

    assert made["spec"]["nodeName"] == "last"
    assert made["spec"]["containers"][0]["args"] == []


def test_a_chain_of_mutators_is_followed_to_its_end():
    def step(number: int) -> dict[str, Any]:
        label = {"matchLabels": {f"step-{number - 1}": "x"}} if number else {}
        location, parameters = f"metadata.labels.step-{number}", {"assign": {"value": "x"}}
        return mutator("AssignMetadata", location, parameters, f"m{9 - number}", match={"labelSelector": label})

    made = mutated(pod(), *map(step, range(9)))

    assert made["metadata"]["labels"] == {"app": "p"} | {f"step-{number}": "x" for number in range(9)}


@pytest.mark.parametrize(
    ("location", "value", "problem"),
    [
        ("spec.containers.image", "x", "found a list where the location has an object with image"),
        (
            "spec.containers[name: main].image[name: x].y",
            "x",
            "found a text where the location has a list with the key name",
        ),
    ],
)
def test_an_object_of_another_shape_cannot_be_changed(location: str, value: str, problem: str):
    with pytest.raises(UnmutableError, match=f"Assign m: {problem}"):
        Mutation([assign(location, value)]).of(Candidate(pod()), "CREATE")


def test_nobody_is_asked_for_external_data():
    external = {"assign": {"externalData": {"provider": "signer"}}}
    mutation = Mutation([mutator("Assign", "spec.containers[name: *].image", external)])

    with pytest.raises(UnmutableError, match='the provider "signer" of external data would have to be asked'):
        mutation.of(Candidate(pod()), "CREATE")


@pytest.mark.parametrize(
    ("location", "other"),
    [
        ("spec.containers[name: *].image", "spec.containers.image"),
        ("spec.containers[name: *].image", "spec.containers[image: *].name"),
    ],
)
def test_of_mutators_that_contradict_each_other_none_is_applied(location: str, other: str):
    mutators = [assign(location, "x"), assign(other, "y", "n"), assign("spec.nodeName", "z", "o")]
    elsewhere = {"groups": ["apps"], "versions": ["v1"], "kinds": ["Deployment"]}

    at_odds = Mutation(mutators)
    apart = Mutation([mutators[0], {**mutators[1], "spec": {**mutators[1]["spec"], "applyTo": [elsewhere]}}])

    assert [(one.place, one.is_refused) for one in at_odds.faults] == [(0, False), (1, False)]
    assert "it contradicts Assign n about what its location holds" in at_odds.faults[0].message
    assert at_odds.of(Candidate(pod()), "CREATE").changed_by == ("Assign o",)
    assert apart.faults == []


def test_below_what_is_set_for_good_nobody_else_sets_anything():
    image = mutator("AssignImage", "spec.x", {"assignTag": ":1"})

    assert [one.place for one in Mutation([image, assign("spec.x.y", 1, "n")]).faults] == [0, 1]
