"""The how-to pages are tried: what they have a reader type works in a new repository, in the order of the pages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.sessions import execute

PAGES = Path(__file__).parents[1] / "docs/how-to"
READ = ["add-a-city.md", "add-a-case.md", "add-a-policy.md", "read-a-finding.md", "add-a-component.md"]
INIT = "gitopsgen init gitops --repository https://git.example.com/shop/gitops.git --registry r.example.com --no-input"


def typed(page):
    """Give the commands of a page."""
    blocks = re.findall(r"^```sh\n(.*?)^```", (PAGES / page).read_text("utf-8"), re.MULTILINE | re.DOTALL)
    return [line for block in blocks for line in block.splitlines() if line.startswith("gitopsgen ")]


@pytest.fixture(scope="module")
def repository(tmp_path_factory):
    folder = tmp_path_factory.mktemp("how-to")
    assert execute(INIT, folder).returncode == 0
    root = folder / "gitops"
    for line in ("git init --quiet --initial-branch main", "git add .", "git commit --quiet --message new"):
        assert execute(line, root).returncode == 0
    return root


def test_what_the_pages_have_one_type_works(repository):
    for page in READ:
        lines = typed(page)
        assert lines, page
        for line in lines:
            if "--exit-code" in line:
                execute("git add .", repository)
                execute("git commit --quiet --message more", repository)

            done = execute(f"{line} --yes" if " remove " in line else line, repository)

            assert done.returncode == 0, f"{page}: {line}\n{done.stdout}{done.stderr}"


def test_a_case_of_one_service_needs_no_blueprint_before(repository):
    line = "gitopsgen new service payments --case payments"
    assert "gitopsgen new service orders --case orders" in (PAGES / "add-a-case.md").read_text("utf-8")

    done = execute(f"{line} --language go --no-input", repository)

    assert done.returncode == 0, done.stderr
    assert execute("gitopsgen render", repository).returncode == 0
