"""What a promotion changes in the release lock, and that it leaves the rest of the file alone."""

from __future__ import annotations

import pytest
import yaml

from gitopsgen.cli.promotion import short
from gitopsgen.diagnostics import UsageError
from gitopsgen.model.project import Layer
from gitopsgen.model.rollout import Batch, Release, Releases
from gitopsgen.promote import (
    Change,
    NewRelease,
    Recipe,
    Scope,
    edited,
    new_release,
    next_batch,
    progress_of,
    promoted,
    rolled_back,
)

CANARY = Batch("canary", 1, 1, ("a/edge",))
ONE, TWO = (Batch("rest", number, 2, (f"{city}/edge",)) for number, city in ((1, "b"), (2, "c")))
BATCHES = (CANARY, ONE, TWO)
LOCK = """\
# ours
cases:
  shop:   # the shop
    releases:
      r1:
        date: "2026-01-02"
        values: {image: {tag: 1.0.1}}  # in one line
      # the second
      r2:
        date: "2026-01-03"
        values:
          args:
          - one
          - 'two'
    clusters:
      a/edge: [r1, r2]  # canary
      c/edge: [r1]
"""


def releases(**clusters):
    made = {name: Release(name, "2026-01-02", Layer(name, "", {"image": {"tag": name}})) for name in ("r1", "r2")}
    return Releases(made, {f"{city}/edge": tuple(had.split()) for city, had in clusters.items()})


def test_only_what_changes_is_edited():
    new = NewRelease("r3", "2026-02-03", {"on": "yes", "tag": "1.10", "plain": "text", "count": 3, "args": ["0x1"]})
    text = edited(LOCK, Change("shop", {"a/edge": ("r1", "r2", "r3"), "b/edge": ("r3",), "c/edge": ()}, new))
    lines = text.splitlines()

    assert [line for line in LOCK.splitlines() if line not in lines] == [
        "      a/edge: [r1, r2]  # canary",
        "      c/edge: [r1]",
    ]
    assert [line for line in lines if line not in LOCK.splitlines()] == [
        "      r3:",
        '        date: "2026-02-03"',
        '          "on": "yes"',
        '          tag: "1.10"',
        "          plain: text",
        "          count: 3",
        '          - "0x1"',
        "      a/edge: [r1, r2, r3] # canary",
        "      b/edge: [r3]",
    ]
    assert yaml.safe_load(text)["cases"]["shop"]["releases"]["r3"]["values"] == new.values


@pytest.mark.parametrize("width", [2, 3, 4])
@pytest.mark.parametrize("dashes", [0, 2])
def test_a_lock_keeps_the_layout_that_people_gave_it(width, dashes):
    steps = [" " * width * depth for depth in range(6)]
    lines = [
        "cases:",
        f"{steps[1]}shop:  # ours",
        f"{steps[2]}releases:",
        f"{steps[3]}r1:",
        f'{steps[4]}date: "2026-01-02"',
    ]
    lines += [f"{steps[4]}values:", f"{steps[5]}hosts:", f"{steps[5]}{' ' * dashes}- a", f"{steps[5]}{' ' * dashes}- b"]
    lock = "\n".join([*lines, f"{steps[2]}clusters:", f"{steps[3]}a/edge: [r1]", ""])

    text = edited(lock, Change("shop", {"b/edge": ("r1",)}, None))

    assert text == f"{lock}{steps[3]}b/edge: [r1]\n"


def test_a_lock_begins_with_what_it_is_and_cases_stand_in_order():
    text = edited("", Change("shop", {"a/edge": ("r1",)}, NewRelease("r1", "2026-01-02", {"x": 1})))
    text = edited(text, Change("books", {"a/edge": ("r1",)}, NewRelease("r1", "2026-01-02", {"x": 1})))

    assert text.startswith("# Which release each cluster runs")
    assert list(yaml.safe_load(text)["cases"]) == ["books", "shop"]


def test_a_release_goes_from_batch_to_batch():
    assert next_batch(BATCHES, releases(), "r2", Scope()) is CANARY
    assert next_batch(BATCHES, releases(a="r1 r2", c="r2"), "r2", Scope()) is ONE
    assert next_batch(BATCHES, releases(a="r2", b="r2"), "r2", Scope("rest")) is TWO
    assert next_batch(BATCHES, releases(a="r2"), "r2", Scope("canary")) is None
    assert next_batch(BATCHES, releases(), "r2", Scope("rest", 2), any_order=True) is TWO


@pytest.mark.parametrize(
    ("scope", "words"),
    [
        (Scope("rest", 2), "canary comes before rest, batch 2 of 2"),
        (Scope("canry"), 'no wave "canry"; did you mean "canary"'),
        (Scope("rest", 3), "has no batch 3, but 2"),
        (Scope("", 1), "name the wave too"),
    ],
)
def test_what_makes_no_sense_is_refused(scope, words):
    with pytest.raises(UsageError, match=words):
        next_batch(BATCHES, releases(), "r2", scope)


def test_clusters_go_back_to_what_each_of_them_ran_before():
    had = releases(a="r1 r2", b="r2", c="r1")

    assert rolled_back("shop", had, BATCHES).clusters == {"a/edge": ("r1",), "b/edge": ()}
    assert rolled_back("shop", had, [CANARY]).clusters == {"a/edge": ("r1",)}
    assert rolled_back("shop", had, [TWO]).clusters == {"c/edge": ()}
    assert rolled_back("shop", had, BATCHES, "r1").clusters == {"a/edge": ("r1",)}
    assert rolled_back("shop", had, BATCHES, "none").clusters == {"a/edge": (), "b/edge": (), "c/edge": ()}
    for batches, to in (([ONE], "r1"), (BATCHES, "r9")):
        with pytest.raises(UsageError):
            rolled_back("shop", had, batches, to)
    with pytest.raises(UsageError, match="runs a release"):
        rolled_back("shop", releases(), BATCHES)


def test_a_new_release_follows_what_its_clusters_run():
    sets = ((("image", "name"), "x"),)
    had = releases(a="r1")

    made = new_release(had, CANARY, Recipe(sets, "2026-02-03"))

    assert (made.name, made.values) == ("r3", {"image": {"tag": "r1", "name": "x"}})
    assert new_release(had, ONE, Recipe(sets, "")).values == {"image": {"name": "x"}}
    assert new_release(had, ONE, Recipe(sets, "", after="r2")).values == {"image": {"tag": "r2", "name": "x"}}
    assert promoted("shop", had, CANARY, made).clusters == {"a/edge": ("r1", "r3")}


@pytest.mark.parametrize(
    ("recipe", "words"),
    [
        (Recipe(((("image", "tag"), "r1"),), ""), "would have the values"),
        (Recipe(((("x",), 1),), "", name="r2"), 'is a release "r2" already'),
        (Recipe(((("x",), 1),), "", name="R 2"), "is no name of a release"),
        (Recipe(((("x",), 1),), "", after="r7"), 'release "r7" does not exist'),
    ],
)
def test_a_release_that_makes_no_sense_is_refused(recipe, words):
    with pytest.raises(UsageError, match=words):
        new_release(releases(a="r1"), CANARY, recipe)


def test_clusters_that_run_different_releases_need_a_word():
    both = Batch("all", 1, 1, ("a/edge", "b/edge"))

    with pytest.raises(UsageError, match="--after"):
        new_release(releases(a="r1"), both, Recipe(((("x",), 1),), ""))


def test_a_new_tag_takes_the_digest_of_the_former_one_away():
    old = Release("r1", "", Layer("r1", "", {"image": {"tag": "1.0", "digest": "sha256:1"}}))
    had = Releases({"r1": old}, {"a/edge": ("r1",)})
    tag, digest = (("image", "tag"), "1.1"), (("image", "digest"), "sha256:2")

    assert new_release(had, CANARY, Recipe((tag,), "")).values == {"image": {"tag": "1.1"}}
    assert new_release(had, CANARY, Recipe((digest, tag), "")).values == {"image": {"tag": "1.1", "digest": "sha256:2"}}


def test_a_release_that_was_taken_back_everywhere_is_passed_over():
    """What was on its way before goes on."""
    progress = progress_of("shop", releases(a="r1"), BATCHES)
    none_left = progress_of("shop", releases(), BATCHES)

    assert (progress.release, progress.done, progress.next, progress.taken_back) == ("r1", 1, ONE, ("r2",))
    assert (none_left.release, none_left.done, none_left.next, none_left.taken_back) == ("r2", 0, None, ("r2", "r1"))


def test_progress_counts_the_newest_release():
    progress = progress_of("shop", releases(a="r1 r2", b="r1"), BATCHES)

    assert (progress.release, progress.done, progress.count, progress.next) == ("r2", 1, 3, ONE)
    assert [dict(step.clusters) for step in progress.steps] == [
        {"r2": ("a/edge",)},
        {"r1": ("b/edge",)},
        {"none": ("c/edge",)},
    ]


def test_clusters_are_told_by_their_city_unless_it_has_two_that_are_spoken_of():
    assert short(["a/edge", "b/edge"]) == ["a", "b"]
    assert short(["a/one"], ["a/one", "a/two"]) == ["a/one"]
