"""`gitopsgen capacity`: do the nodes hold the pods, and who carries a lost city's load."""

from __future__ import annotations

from typing import Annotated

from gitopsgen.cli.console import open_console
from gitopsgen.cli.options import (
    Clusters,
    Color,
    Colour,
    FailOn,
    Format,
    Output,
    ProjectDirectory,
    Quiet,
    Regions,
    Selector,
    Sets,
    VersionSet,
    Weight,
    option,
    subcommand,
)
from gitopsgen.cli.selection import selection_of

app = subcommand()


@app.command()
def capacity(
    region: Regions = None,
    cluster: Clusters = None,
    selector: Selector = None,
    fail: Annotated[
        str, option("--fail", metavar="REGION", help="Who carries this region's load when it is lost.")
    ] = "",
    sets: Sets = None,
    version_set: VersionSet = "",
    fail_on: FailOn = Weight.ERROR,
    project: ProjectDirectory = None,
    output: Output = Format.TEXT,
    color: Color = Colour.AUTO,
    quiet: Quiet = False,
) -> int:
    """Show what pods ask for and what nodes give.

    Usually, with every autoscaler at its ceiling, and while all is rolled out besides; with one node lost; and what
    breaks first with more to do. Rendered in memory, nothing is written. Without a selection: a line for all clusters
    that are alike; with one: a line a case.

    gitopsgen capacity --region shanghai --set payment-gateway.autoscaling.max=40
    """
    console = open_console(project, output, color, quiet)
    from gitopsgen.diagnostics import Severity
    from gitopsgen.pipeline.capacity import capacity as run
    from gitopsgen.report import Report
    from gitopsgen.report import capacity as report

    with console.working("rendering and placing pods"):
        outcome = run(console.root, selection_of(region, cluster, None, selector, sets, version_set), fail)
    found = outcome.value
    records = {"clusters": report.records(found.clusters)}
    if fail:
        records = {"takeovers": report.takeover_records(found.takeovers)}
        lines = report.failover(fail, found.takeovers)
    elif region or cluster or selector:
        lines = report.details(found.clusters)
    else:
        lines = report.overview(found.clusters)
    return console.finish(Report(outcome.diagnostics, records, lines), Severity(fail_on.value))
