"""What pyproject.toml cannot say: folders that are installed under another name than they have here.

`templates/` and `static/` stand beside the package, where readers look for them, and are installed within it. The
simulator is installed a second time as `pingone_simulator`, on its own: whoever tests an application with it may well
have a package named `webapp`.
"""

import gzip
import os
import tarfile
from pathlib import Path
from typing import Any

from setuptools import find_packages, setup
from setuptools.command.sdist import sdist


class Reproducible(sdist):
    """A source archive in which nothing says when, where and by whom it was made, if SOURCE_DATE_EPOCH is set.

    setuptools minds it for wheels only: https://reproducible-builds.org/docs/source-date-epoch/
    """

    def make_archive(self, base_name: str, format: str, *arguments: Any, base_dir: str = "", **options: Any) -> str:
        moment = os.environ.get("SOURCE_DATE_EPOCH")
        if moment is None or format != "gztar":
            return str(super().make_archive(base_name, format, *arguments, base_dir=base_dir, **options))

        def plain(member: tarfile.TarInfo) -> tarfile.TarInfo:
            member.mtime, member.mode = int(moment), 0o755 if member.isdir() else 0o644
            member.uid = member.gid = 0
            member.uname = member.gname = ""
            return member

        archive = f"{base_name}.tar.gz"
        with (
            open(archive, "wb") as file,
            gzip.GzipFile("", "wb", fileobj=file, mtime=int(moment)) as packed,
            tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as tar,
        ):
            for path in sorted(Path(base_dir).rglob("*")):
                tar.add(path, recursive=False, filter=plain)
        return archive


ours = find_packages(include=["webapp", "webapp.*"])
inside = [name for name in ours if name.startswith("webapp.simulator")]

setup(
    cmdclass={"sdist": Reproducible},
    py_modules=sorted(path.stem for path in Path(__file__).parent.glob("config*.py")),
    packages=[
        *ours,
        *(name.replace("webapp.simulator", "pingone_simulator", 1) for name in inside),
        "webapp.templates",
        "webapp.static",
    ],
    package_dir={
        "pingone_simulator": "webapp/simulator",
        "webapp.templates": "templates",
        "webapp.static": "static",
    },
    package_data={
        "webapp": ["attacks.json"],
        "webapp.simulator": ["templates/**", "static/**"],
        "pingone_simulator": ["templates/**", "static/**"],
        "webapp.templates": ["**"],
        "webapp.static": ["**"],
    },
)
