"""`python -m tests.bench`: what a sign-on costs, beside a hand-written floor and other applications.

Everything happens on loopback, in processes that end with this one. Times differ from machine to machine and from
minute to minute; ratios do so less. Nothing here passes or fails: what must hold is counted in tests/test_costs.py.
"""

import argparse
import shutil
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.bench import contestants, measure, report
from tests.bench.contestants import HELLO, HOSTED, Contestant
from tests.bench.processes import Application, ProviderProcess, node_ready, write_certificates
from tests.bench.processors import on, parted
from tests.bench.provider import ENVIRONMENT_ID
from tests.bench.table import Row, breakdown, scale_table, table
from tests.support.redis_server import RedisServer

Field = tuple[ProviderProcess, dict[Contestant, Application]]


def main(arguments: list[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description="What a sign-on costs.")
    parser.add_argument("--rounds", type=int, default=7, help="turns of each application (7)")
    parser.add_argument("--sign-ons", type=int, default=240, help="sign-ons in one turn (240)")
    parser.add_argument("--only", default="", help="only applications whose name contains this, and the floor")
    parser.add_argument("--quick", action="store_true", help="one round of 16: does it work?")
    parser.add_argument("--profile", action="store_true", help="Python calls by part of the program, no times")
    parser.add_argument("--scale", action="store_true", help="one to four processes on Redis: CPU time of a sign-on")
    parser.add_argument("--instructions", action="store_true", help="count those too: needs valgrind, and minutes")
    parser.add_argument("--write", action="store_true", help=f"write the table into {report.PAGE}")
    options = parser.parse_args(arguments)
    rounds, count = (1, 16) if options.quick else (options.rounds, options.sign_ons)
    with tempfile.TemporaryDirectory(prefix="bench-") as place:
        folder = Path(place)
        chosen = contestants.SCALED if options.scale else contestants.named(options.only)
        with running(folder, chosen, options.scale) as field:
            if options.profile:
                print(breakdown({each.name: application.calls() for each, application in field[1].items()}))
                return
            rows = compete(*field, rounds, count, options.instructions)
            shown = scale_table(rows) if options.scale else table(rows)
    print(shown)
    if options.write:
        report.write(shown, rounds, count, "scale" if options.scale else "sign-on")


@contextmanager
def running(folder: Path, chosen: Sequence[Contestant], alone: bool = False) -> Iterator[Field]:
    """The provider and every application that can run here, for the length of a `with` block.

    `alone`: the applications share their processors with nobody who measures.
    """
    bundle = write_certificates(folder)
    ours, theirs = parted() if alone else (set[int](), set[int]())
    with ExitStack() as stack:
        stack.enter_context(on(ours))
        provider = stack.enter_context(ProviderProcess(folder))
        environ = {
            "PINGONE_AUTH_BASE_URL": provider.base,
            "PINGONE_ENVIRONMENT_ID": ENVIRONMENT_ID,
            "PINGONE_CLIENT_ID": "bench",
            "PINGONE_CA_BUNDLE": str(bundle),
            "REQUESTS_CA_BUNDLE": str(bundle),
            "NODE_EXTRA_CA_CERTS": str(bundle),
        }
        redis = ""
        if shutil.which("redis-server") or shutil.which("valkey-server"):
            redis = stack.enter_context(RedisServer()).url
        applications = {}
        for number, each in enumerate(chosen):
            if (each.needs_redis and not redis) or (each.node and not node_ready(Path(each.target))):
                print(f"left out, as this machine lacks what it needs: {each.name}", file=sys.stderr)
                continue
            its = {**environ, "REDIS_URL": redis} if each.needs_redis else environ
            with on(theirs):
                applications[each] = stack.enter_context(Application(each, its, folder / str(number)))
        if not applications:
            raise SystemExit("nothing to measure")
        for application in applications.values():
            application.wait()
        yield provider, applications


def compete(
    provider: ProviderProcess,
    applications: dict[Contestant, Application],
    rounds: int,
    count: int,
    instructions: bool = False,
) -> list[Row]:
    """Warm up, take turns, and return a row for each contestant. The first is the measure of the others."""
    measuring = next(iter(applications))
    signing_on = {each: application for each, application in applications.items() if each.start}
    showing = {each: application for each, application in applications.items() if each in (HELLO, HOSTED)}
    for each, application in signing_on.items():
        measure.sign_ons(application, provider, each.start, 3 * measure.VISITORS * each.processes)
    turns, views = defaultdict(list), defaultdict(list)
    for number in range(rounds):
        print(f"round {number + 1} of {rounds}", file=sys.stderr, flush=True)
        for each, application in signing_on.items():
            turns[each].append(measure.sign_ons(application, provider, each.start, count))
        for each, application in showing.items():
            views[each].append(measure.pages(application, each.start, 4 * count))
    return [
        Row(
            each.name,
            turns[each],
            turns[measuring],
            views[each],
            views[HELLO],
            sum(application.calls().values()),
            application.instructions() if instructions else 0.0,
            measure.slow_sign_on(application, provider, each.start) if each.start else 0.0,
            application.peak_megabytes(),
        )
        for each, application in applications.items()
    ]


if __name__ == "__main__":
    main()
