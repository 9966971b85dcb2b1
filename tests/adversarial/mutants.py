"""Does removing any one check make a test fail? Not a test itself; run it by hand from the project's folder:

    python -m tests.adversarial.mutants                          every file below, for an hour or two
    python -m tests.adversarial.mutants webapp/oidc/wire.py ...  only these
    python -m tests.adversarial.mutants --nearest [...]          with the nearest tests only: half of that

Every check of the modules below is taken out in turn (`removals.py` says what counts as one), in a copy of the project.
The tests that are nearest to the module run first, up to the first failure; a mutant that they let live meets the rest
of the suite that is about the protocol. One line per mutant says what was removed and which test noticed, the last one
how many lived: `SURVIVED` is a check that no test needs. The exit status is 1 when there is one.
"""

import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.adversarial.removals import Mutant, mutants

PROJECT = Path(__file__).resolve().parents[2]
HERE = "tests/adversarial"
PROTOCOL = ("tests/oidc", "tests/pingone", "tests/signon", HERE)
SLOW = ("test_network_faults.py", "test_network_faults_after.py", "test_tls_faults.py", "test_provider_itself.py")
SESSIONS = "tests/sessions"
PAGES = ("tests/views", f"{HERE}/test_browser_side.py", f"{HERE}/test_odd_requests.py", "tests/fuzz/test_requests.py")
SIGN_ON = ("tests/signon", f"{HERE}/test_browser_side.py")
NEAREST: Mapping[str, tuple[str, ...]] = {
    "webapp/oidc": ("tests/oidc", "tests/signon", HERE),
    "webapp/oidc/id_token.py": ("tests/oidc", f"{HERE}/test_id_token.py", f"{HERE}/test_after_sign_on.py"),
    "webapp/oidc/keys.py": ("tests/oidc", f"{HERE}/test_keys_and_time.py", f"{HERE}/test_id_token.py"),
    "webapp/oidc/response.py": ("tests/oidc", f"{HERE}/test_authorization_response.py"),
    "webapp/oidc/provider.py": ("tests/oidc", f"{HERE}/test_discovery.py", f"{HERE}/test_keys_and_time.py"),
    "webapp/oidc/tokens.py": ("tests/oidc", f"{HERE}/test_token_answer.py"),
    "webapp/oidc/userinfo.py": ("tests/oidc/test_userinfo.py", f"{HERE}/test_after_sign_on.py"),
    "webapp/oidc/strict_json.py": ("tests/oidc/test_strict_json.py",),
    "webapp/oidc/wire.py": ("tests/oidc/test_tokens.py", "tests/oidc/test_userinfo.py", f"{HERE}/test_token_answer.py"),
    "webapp/oidc/logout_token.py": ("tests/oidc/test_logout_token.py", f"{HERE}/test_started_elsewhere.py"),
    "webapp/pingone": ("tests/pingone", "tests/signon", HERE),
    "webapp/transport": ("tests/transport", "tests/soak/test_slow_and_down.py"),
    "webapp/store": ("tests/store", SESSIONS),
    "webapp/store/ended.py": ("tests/sessions/test_sign_off_by_pingone.py", f"{HERE}/test_started_elsewhere.py"),
    "webapp/store/traces.py": ("tests/views", f"{HERE}/test_stories_of_refusals.py"),
    "webapp/trace/redact.py": ("tests/trace", "tests/fuzz/test_redaction.py"),
    "webapp/trace/mask.py": ("tests/trace", "tests/fuzz/test_redaction.py"),
    "webapp/trace/note.py": ("tests/trace", "tests/fuzz/test_redaction.py"),
    "webapp/trace/free_text.py": ("tests/trace", "tests/fuzz/test_redaction.py"),
    "webapp/trace/memory.py": ("tests/trace", "tests/fuzz/test_redaction.py"),
    "webapp/oidc/relying_party.py": (
        "tests/copied",
        f"{HERE}/test_other_way.py",
        "tests/signon",
        f"{HERE}/test_accepted.py",
        f"{HERE}/test_id_token.py",
    ),
    "webapp/oidc/attempt.py": ("tests/copied", *SIGN_ON, f"{HERE}/test_authorization_response.py"),
    "webapp/oidc/renewal.py": ("tests/copied", f"{HERE}/test_after_sign_on.py", f"{SESSIONS}/test_refresh.py"),
    "webapp/pingone/page.py": ("tests/copied", *SIGN_ON, f"{HERE}/test_started_elsewhere.py"),
    "webapp/pingone/flows.py": ("tests/pingone", "tests/copied", f"{HERE}/test_overtaken.py", *SIGN_ON),
    "webapp/signon": (f"{HERE}/test_overtaken.py", f"{HERE}/test_failed_at_once.py", *SIGN_ON, SESSIONS),
    "webapp/signon/session_use.py": (
        f"{HERE}/test_after_sign_on_refused.py",
        f"{HERE}/test_after_sign_on.py",
        f"{SESSIONS}/test_refresh.py",
        f"{SESSIONS}/test_sign_off.py",
    ),
    "webapp/views/asking.py": (f"{HERE}/test_return_to.py", f"{HERE}/test_wishes.py", "tests/fuzz/test_return_to.py"),
    "webapp/views/browser.py": (f"{HERE}/test_tossed_cookies.py", *PAGES),
    "webapp/views/protection.py": (*PAGES, f"{SESSIONS}/test_store_down.py", f"{HERE}/test_started_elsewhere.py"),
    "webapp/views/sign_on.py": (*PAGES, f"{HERE}/test_started_elsewhere.py"),
    "webapp/views/session.py": (
        f"{SESSIONS}/test_sign_off.py",
        f"{SESSIONS}/test_refresh.py",
        f"{HERE}/test_accepted.py",
        *PAGES,
    ),
    "webapp/views/store_session.py": (SESSIONS, *PAGES),
    "webapp/store/sessions.py": (SESSIONS, *PAGES),
    "webapp/signon/sign_offs.py": (SESSIONS, f"{HERE}/test_started_elsewhere.py"),
    "webapp/views/pingone_sign_off.py": (
        f"{HERE}/test_started_elsewhere.py",
        f"{SESSIONS}/test_sign_off_by_pingone.py",
    ),
    "webapp/views/stories.py": PAGES,
    "config.py": ("tests/test_config.py", "tests/test_config_faults.py", "tests/test_doctor_mistakes.py"),
    "config_provider.py": ("tests/test_config.py", "tests/test_config_faults.py", "tests/test_doctor_mistakes.py"),
    "config_reader.py": ("tests/test_config_reader.py", "tests/test_config.py", "tests/test_config_faults.py"),
}
"""Where a test of each module is most likely found; a folder stands for those of its modules that are not named."""
MAY_LIVE = {
    ("webapp/oidc/renewal.py", "not error.said"): "for the type checker: a refused refresh always has PingOne's words",
    ("webapp/views/protection.py", "sent.host == public.netloc"): "the short way for nearly every request",
    ("webapp/store/traces.py", "isinstance(story, dict)"): "for the type checker: what is kept is a story",
    ("webapp/store/memory.py", "value is not None"): "for the reader: what is not there has expired as well",
    ("webapp/signon/attempts.py", "record is not None"): "for the type checker: no record makes no attempt either",
    ("webapp/store/redis_store.py", "isinstance(answer, bytes)"): "for the type checker: GET answers bytes or None",
    ("webapp/store/redis_store.py", "hasattr(socket, name)"): "for systems that lack one of the three",
    ("webapp/store/sqlite_file.py", "_primary_code(error) != sqlite3.SQLITE_BUSY"): "what no waiting helps would wait",
    ("webapp/oidc/keys.py", "key.kid is not None"): "for the type checker: a key without id is never looked for by id",
    ("config_reader.py", "... if folder else None"): "OpenSSL finds no directory where a file is, and minds it not",
    ("webapp/transport/dial.py", "is_directory"): "OpenSSL finds no directory where a file is, and minds it not",
}


PATIENCE = 400
ENDLESS = f"the clock: after {PATIENCE} seconds the tests were still at it"


@dataclass
class Project:
    """A copy of the project to take checks out of, and what is known of its tests while it is whole."""

    root: Path
    sound: set[str] = field(default_factory=lambda: {ENDLESS})
    unsound: set[str] = field(default_factory=set)

    def noticed(self, file: str, mutant: Mutant, paths: tuple[str, ...]) -> str:
        """The first of these tests that fails for want of the check, and passes with it; empty when none does."""
        original = (self.root / file).read_text(encoding="utf-8")
        while True:
            self._write(file, mutant.source)
            by = self._first_failing(paths)
            self._write(file, original)
            if by and by not in self.sound:
                (self.unsound if self._first_failing((by,)) else self.sound).add(by)
            if by not in self.unsound:
                return by
            sys.stdout.write(f"fails without any mutant: {by}\n")

    def _write(self, file: str, source: str) -> None:
        target = self.root / file
        target.write_text(source, encoding="utf-8")
        # Two mutants within a second may be of one size: Python would take the first one's bytecode for the second's.
        Path(importlib.util.cache_from_source(str(target))).unlink(missing_ok=True)

    def _first_failing(self, paths: tuple[str, ...]) -> str:
        there = [path for path in paths if (self.root / path.partition("::")[0]).exists()]
        skipped = [f"--ignore={HERE}/{name}" for name in SLOW] + [f"--deselect={name}" for name in self.unsound]
        # The modes share nearly every check: far from the module one mode is enough.
        modes = ["-k", "not redirectless and not custom"] if paths == PROTOCOL else []
        options = ["-qx", "--tb=no", "-p", "no:cacheprovider", *modes, *skipped]
        try:
            run = subprocess.run(
                [sys.executable, "-m", "pytest", *options, *there],
                cwd=self.root,
                # CI: to hypothesis it means no deadlines and the same examples each time.
                env=os.environ | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "CI": "1"},
                capture_output=True,
                text=True,
                timeout=PATIENCE,
            )
        except subprocess.TimeoutExpired:
            return ENDLESS
        found = re.search(r"^(?:FAILED|ERROR) ([^\n]+?)(?: - .*)?$", run.stdout, re.MULTILINE)
        if found or run.returncode == 0:
            return found[1] if found else ""
        raise RuntimeError(f"pytest itself: {run.stdout[-500:]}{run.stderr[-500:]}")


def examine(project: Project, file: str, suites: tuple[tuple[str, ...], ...]) -> tuple[int, int]:
    """Take out the checks of one file, one after the other; returns how many there are and how many lived."""
    outcomes = []
    for mutant in mutants((project.root / file).read_text(encoding="utf-8")):
        by = next(filter(None, (project.noticed(file, mutant, suite) for suite in suites)), "")
        known = [why for (where, check), why in MAY_LIVE.items() if where == file and f" {check}" in mutant.check]
        outcome = f"caught by {by}" if by else f"may live: {known[0]}" if known else "SURVIVED"
        outcomes.append(outcome != "SURVIVED")
        sys.stdout.write(f"{file}:{mutant.line}  {mutant.check}  ->  {outcome}\n")
        sys.stdout.flush()
    return len(outcomes), outcomes.count(False)


def nearest(file: str) -> tuple[str, ...]:
    """The tests to ask first about a file."""
    return NEAREST.get(file) or NEAREST.get(str(Path(file).parent), PROTOCOL)


def everything() -> list[str]:
    """Every file that the table names, itself or by its folder."""
    return [str(file) for each in NEAREST for file in ([Path(each)] if each.endswith(".py") else _unnamed(each))]


def _unnamed(folder: str) -> list[Path]:
    modules = (file.relative_to(PROJECT) for file in sorted((PROJECT / folder).glob("*.py")))
    return [each for each in modules if str(each) not in NEAREST]


def main(arguments: list[str]) -> int:
    """Write one line per mutant and a summary; 1 when any survived."""
    rest = () if "--nearest" in arguments else (PROTOCOL,)
    files = [each for each in arguments if each != "--nearest"] or everything()
    with tempfile.TemporaryDirectory() as folder:
        copied = Path(folder) / "project"
        ignored = shutil.ignore_patterns(".git", ".venv", ".hypothesis", "instance", "__pycache__", "node_modules")
        shutil.copytree(PROJECT, copied, ignore=ignored)
        project = Project(copied)
        counts = [examine(project, file, (nearest(file), *rest)) for file in files]
    total, survived = (sum(column) for column in zip(*counts, strict=True))
    sys.stdout.write(
        f"{len(files)} files, {total} checks taken out, {total - survived} accounted for, {survived} survived\n"
    )
    return 1 if survived else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
