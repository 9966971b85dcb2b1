"""What a process holds, read from /proc and from its store, and whether that grows."""

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import redis


@dataclass(frozen=True)
class Sample:
    """One look at the workers. `rows` are the records in its store, `megabytes` its resident memory."""

    sign_ons: int
    seconds: float
    megabytes: float
    threads: int
    descriptors: int
    sockets: int
    rows: int

    def line(self) -> str:
        """For people."""
        return (
            f"{self.sign_ons:>8} sign-ons {self.seconds:>7.0f} s  {self.megabytes:>7.1f} MB  {self.threads:>3} threads"
            f"  {self.descriptors:>3} descriptors  {self.sockets:>3} sockets  {self.rows:>6} records"
        )


@dataclass(frozen=True)
class Store:
    """Where the records are: an SQLite file, or the Redis at an URL."""

    file: Path
    redis: str = ""

    def rows(self) -> int:
        """How many records there are."""
        if self.redis:
            with closing(redis.Redis.from_url(self.redis)) as server:
                return int(server.dbsize())
        with closing(sqlite3.connect(f"file:{self.file}?mode=ro", uri=True, timeout=30)) as connection:
            return int(connection.execute("SELECT count(*) FROM records").fetchone()[0])


def look(workers: list[int], store: Store, sign_ons: int, seconds: float) -> Sample:
    """Measure processes by their ids, each figure that of the process that has most, and count the store's records."""
    each = [_process(worker) for worker in workers]
    megabytes, threads, descriptors, sockets = (max(figures) for figures in zip(*each, strict=True))
    return Sample(sign_ons, seconds, megabytes, int(threads), int(descriptors), int(sockets), store.rows())


def _process(worker: int) -> tuple[float, int, int, int]:
    process = Path(f"/proc/{worker}")
    status = dict(line.split(":", 1) for line in (process / "status").read_text().splitlines())
    links = [_target(link) for link in (process / "fd").iterdir()]
    sockets = sum(target.startswith("socket:") for target in links)
    return int(status["VmRSS"].split()[0]) / 1024, int(status["Threads"]), len(links), sockets


def _target(link: Path) -> str:
    try:
        return str(link.readlink())
    except OSError:
        return ""


def growth(samples: list[Sample]) -> float:
    """Megabytes for each 10,000 sign-ons: the least-squares slope over the second half, when everything is warm."""
    late = samples[len(samples) // 2 :]
    across, up = [each.sign_ons / 10_000 for each in late], [each.megabytes for each in late]
    middle, level = sum(across) / len(across), sum(up) / len(up)
    spread = sum((x - middle) ** 2 for x in across)
    return sum((x - middle) * (y - level) for x, y in zip(across, up, strict=True)) / spread if spread else 0.0


def rise(samples: list[Sample]) -> float:
    """The memory of the last quarter as a multiple of that of the second."""
    quarter = max(1, len(samples) // 4)
    earlier = samples[quarter : 2 * quarter] or samples
    return median(each.megabytes for each in samples[-quarter:]) / median(each.megabytes for each in earlier)
