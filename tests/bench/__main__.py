"""How fast the pages are, beside PostgreSQL's own inserts and a bare Django project in the same run."""

import argparse
import signal
import sys
from datetime import UTC, datetime

from tests.bench import machine, million, report, weight
from tests.bench.client import BenchFailed
from tests.bench.run import FULL, QUICK, SMALLEST, Size, run
from tests.server import ROOT

PAGE, KEPT = ROOT / "docs" / "performance.md", ROOT / "var" / "bench"


def main() -> int:
    options = _options()
    size = SMALLEST if options.smallest else QUICK if options.quick else FULL
    # A terminated or endless run stops its servers and removes its cluster too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    signal.signal(signal.SIGALRM, _overrun)
    signal.alarm(million.LIMIT if options.million else size.limit)
    try:
        if options.bytes:
            PAGE.write_text(report.put_into(PAGE.read_text("utf-8"), weight.section()), "utf-8")
        elif options.million:
            written = million.section(million.run(options.rows), commit=machine.commit())
            print(written)
            if options.rows == million.ROWS:
                PAGE.write_text(report.put_into(PAGE.read_text("utf-8"), written), "utf-8")
        else:
            _bench(size, write=options.write or size is FULL)
    except KeyboardInterrupt:
        return 130
    except (BenchFailed, RuntimeError) as failure:
        print(f"\nNo figures: {failure}", file=sys.stderr)
        return 1
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer rows and rounds: two minutes")
    parser.add_argument("--smallest", action="store_true", help="only shows that it runs: seconds")
    parser.add_argument("--bytes", action="store_true", help="only what the form weighs on the line")
    parser.add_argument("--million", action="store_true", help="only the review queue among 1,000,000 rows")
    parser.add_argument(
        "--rows", type=int, default=million.ROWS, help="of --million: fewer, and nothing is written"
    )
    parser.add_argument(
        "--write", action="store_true", help="write docs/performance.md after a short run too"
    )
    return parser.parse_args()


def _overrun(*_) -> None:
    raise BenchFailed("it took too long")


def _bench(size: Size, *, write: bool) -> None:
    commit, begun = machine.commit(), datetime.now(UTC)
    rows, rounds, facts = run(size)
    facts = {"commit": commit, "date": f"{begun:%Y-%m-%d %H:%M} UTC", **facts}
    print(f"\n{report.table(rows)}\n")
    print(
        f"The client alone makes {report.number(facts['client']['rate'])} requests/s;"
        f" {report.number(facts['client']['cpu'])} ms of its own processor time a request."
    )
    print(f"{facts['bulk']}.")
    KEPT.mkdir(parents=True, exist_ok=True)
    kept = KEPT / f"{begun:%Y%m%dT%H%M%S}-{commit}.json"
    kept.write_text(report.as_json(rows, rounds, facts) + "\n", "utf-8")
    written = [kept]
    if write:
        kept_section = report.section(PAGE.read_text("utf-8"), million.HEADING)
        million_kept = f"{kept_section}\n" if kept_section else ""
        PAGE.write_text(
            report.page(rows, {**facts, "bytes": weight.section(), "million": million_kept}), "utf-8"
        )
        written.append(PAGE)
    print("Written:", ", ".join(str(file.relative_to(ROOT)) for file in written))


sys.exit(main())
