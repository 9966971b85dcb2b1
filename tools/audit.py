"""`python -m tools.audit`: known vulnerabilities of the locked releases, by pip-audit.

The program is looked for on the PATH (`pipx install pip-audit`): two dozen packages are too many to lock for it. Its
data comes from the package index. Where either is missing, a line says so and nothing fails; the workflow has both,
every week. Exit status 1 names what is vulnerable.
"""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

LOCKS = ("requirements.lock", "requirements-test.lock")
PATIENCE = 120


def main() -> int:
    """Ask, say, judge."""
    program = shutil.which("pip-audit")
    if not program:
        sys.stdout.write("audit: SKIPPED, there is no pip-audit here (pipx install pip-audit).\n")
        return 0
    try:
        ended = subprocess.run(  # noqa: S603  (a program of the developer's own, with arguments of ours)
            [program, *_arguments()], capture_output=True, text=True, timeout=PATIENCE, check=False
        )
        packages = json.loads(ended.stdout)["dependencies"]
    except (subprocess.TimeoutExpired, ValueError, KeyError):
        packages = []
    words, status = judged(packages)
    (sys.stderr if status else sys.stdout).write(f"{words}\n")
    return status


def judged(packages: list[dict[str, Any]]) -> tuple[str, int]:
    """What pip-audit's JSON means: a sentence, or one line for each vulnerability, and an exit status."""
    known = [package for package in packages if "vulns" in package]
    if not known:
        return "audit: SKIPPED, the package index here has no data about vulnerabilities.", 0
    found = [
        f"audit: {package['name']} {package['version']} has {each['id']}, mended in "
        f"{' or '.join(each.get('fix_versions') or ['no release yet'])}"
        for package in known
        for each in package["vulns"]
    ]
    unknown = len(packages) - len(known)
    besides = f", {unknown} unknown to the index" if unknown else ""
    return "\n".join(found) or f"audit: no known vulnerability in {len(known)} packages{besides}.", 1 if found else 0


def _arguments() -> list[str]:
    folder = Path(__file__).resolve().parent.parent
    files = [part for name in LOCKS for part in ("--requirement", str(folder / name))]
    return ["--disable-pip", "--require-hashes", "--format", "json", "--progress-spinner", "off", *files]


if __name__ == "__main__":
    sys.exit(main())
