"""Does each module's test notice a defect? Not a test itself: `python -m tests.conformance.defects`.

One defect per module is planted into a copy of the project, wherever its line is, and the tests of that module run.
They must fail. The outcome is written to `planted.txt`, one line per module; the exit status is 1 when a defect was not
noticed, or could not be planted because its line has changed. Names on the command line choose modules.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.conformance.modules import MODULES, PREFIX

PROJECT = Path(__file__).resolve().parents[2]
RECORD = Path(__file__).with_name("planted.txt")

Defect = tuple[str, str, str]
"""What is wrong, the piece of code that is replaced, and by what."""

_ISS: Defect = ("iss is not compared", "_shown(actual), actual == expected.issuer", "_shown(actual), True")
_ALG: Defect = (
    "another algorithm means that no signature is checked",
    '    _require("alg", ALGORITHM, str(algorithm)[:40], algorithm == ALGORITHM)\n',
    "    if algorithm != ALGORITHM:\n"
    '        return parse_object(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))\n',
)
_BACK = "-rp-backchannel-rpinitlogout"
DEFECTS: dict[str, Defect] = {
    "": ("no nonce is sent", '"nonce": self.nonce', '"nonce": ""'),
    "-invalid-iss": _ISS,
    "-missing-sub": (
        "sub is not looked at", '"1 to 255 printable characters", _shown(actual), passed,',
        '"1 to 255 printable characters", _shown(actual), True,'),
    "-invalid-aud": (
        "aud is not compared", "actual == expected.client_id or actual == [expected.client_id]", "True"),
    "-missing-iat": (
        "iat is not looked at", "issued is not None and now - OLDEST - LEEWAY <= issued <= now + LEEWAY", "True"),
    "-kid-absent-single-jwks": (
        "a token without kid has no key", "if kid is not None else list(keys)", "if kid is not None else []"),
    "-kid-absent-multiple-jwks": (
        "any key may have signed", '"absent", len(fitting) == 1)', '"absent", True)'),
    "-idtoken-sig-rs256": ("another algorithm is pinned", 'ALGORITHM = "RS256"', 'ALGORITHM = "ES256"'),
    "-idtoken-sig-none": _ALG,
    "-invalid-sig-rs256": (
        "the signature is not verified",
        "jws.deserialize_compact(id_token, candidate.key, algorithms=[ALGORITHM])",
        "jws.extract_compact(id_token.encode())"),
    "-userinfo-invalid-sub": (
        "userinfo's sub is not compared", "isinstance(actual, str) and same(actual, subject)", "True"),
    "-nonce-invalid": (
        "the nonce is not compared", "bool(expected.nonce) and same(actual, expected.nonce)", "bool(expected.nonce)"),
    "-scope-userinfo-claims": ("openid alone is asked for", '"scope": self.ask.scope', '"scope": "openid"'),
    "-client-secret-basic": (
        "the secret is not form-urlencoded", "{quote_plus(client.key)}", "{client.key}"),
    "-discovery-openid-config": (
        "metadata are looked for elsewhere", "('/')}/.well-known/openid-configuration", "('/')}/.well-known/oauth"),
    "-discovery-jwks-uri-keys": (
        "the place of the keys is written down", "provider.get(http).jwks_uri", 'f"{settings.issuer}jwks"'),
    "-discovery-issuer-mismatch": (
        "the issuer of the metadata is not compared", "        claimed == issuer,\n", "        True,\n"),
    "-signing-key-rotation": (
        "keys are not fetched again", "renewed = self._keys.renew(keys, http)", "renewed = keys"),
    "-signing-key-rotation-just-before-signing": (
        "keys are not fetched again", "renewed = self._keys.renew(keys, http)", "renewed = keys"),
    "-rp-init-logout": ("no hint is sent", '"id_token_hint": id_token', '"id_token_hint": ""'),
    "-rp-init-logout-other-state": (
        "another state is an error", 'state.encode("utf-8", "replace")).hexdigest())',
        'state.encode("utf-8", "replace")).hexdigest()) or bool(1 / 0)'),
    "-rp-init-logout-no-state": (
        "no state is an error", '(_state_cookie(), ""), request.args.get("state", "")',
        '(_state_cookie(), ""), request.args["state"]'),
    "-rp-frontchannel-rpinitlogout": (
        "the frame is forbidden", 'page.headers["X-Frame-Options"] = ""', 'page.headers["X-Frame-Options"] = "DENY"'),
    _BACK: ("logout tokens are never taken", "200 if len(tokens) == 1 and", "200 if len(tokens) == 2 and"),
    f"{_BACK}-alg-none": _ALG,
    f"{_BACK}-no-event": (
        "events are not looked at", "isinstance(events, dict) and isinstance(events.get(EVENT), dict)", "True"),
    f"{_BACK}-with-nonce": ("a nonce is not minded", '"nonce" not in claims,', "True,"),
    f"{_BACK}-wrong-alg": _ALG,
    f"{_BACK}-wrong-aud": ("aud is not compared", "audiences[0] in client_ids", "True"),
    f"{_BACK}-wrong-event": (
        "any event will do", "isinstance(events.get(EVENT), dict)", "bool(events)"),
    f"{_BACK}-wrong-iss": ("iss is not compared", 'claims.get("iss") == issuer', "True"),
    "-3rd-party-init-login": (
        "the issuer's last slash is lost", "issuer != services().settings.issuer",
        'issuer != services().settings.issuer.rstrip("/")'),
    "-refresh-token": (
        "the new tokens are not kept", "renewed = held.", "renewed = held if held else held."),
    "-refresh-token-invalid-issuer": _ISS,
    "-refresh-token-invalid-sub": (
        "sub is not compared", 'if expected.subject and not same(claims["sub"], expected.subject)', "if False"),
}  # fmt: skip


def planted(root: Path, defect: Defect) -> dict[Path, str]:
    """Plant it wherever its line is; return what those files were, nothing when no file has the line."""
    _, old, new = defect
    sources = {file: file.read_text(encoding="utf-8") for file in sorted(root.glob("webapp/**/*.py"))}
    whole = {file: text for file, text in sources.items() if old in text}
    for file, text in whole.items():
        file.write_text(text.replace(old, new), encoding="utf-8")
    return whole


def outcome(root: Path, ending: str, names: list[str]) -> str:
    """Plant the defect of a module, run the module's tests, take the defect out again."""
    whole = planted(root, DEFECTS[ending])
    if not whole:
        return "NOT PLANTED: the code has changed"
    tests = [f"tests/conformance/test_modules.py::test_module[{name}]" for name in names]
    command = [sys.executable, "-m", "pytest", "-q", "--tb=no", "-p", "no:cacheprovider", *tests]
    environ = os.environ | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONDONTWRITEBYTECODE": "1"}
    run = subprocess.run(command, cwd=root, env=environ, capture_output=True, text=True, timeout=120, check=False)
    for file, text in whole.items():
        file.write_text(text, encoding="utf-8")
    failed = f"{len(names)} failed" in run.stdout and "passed" not in run.stdout
    return "noticed" if failed else f"NOT NOTICED: {run.stdout[-200:].strip()}"


def main(chosen: list[str]) -> int:
    """Write one line per module, here and to the record; 1 when any defect went unnoticed."""
    record = {line.partition(" ")[0]: line for line in RECORD.read_text(encoding="utf-8").splitlines()}
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "project"
        ignored = shutil.ignore_patterns(".git", ".venv", ".hypothesis", "instance", "__pycache__", "node_modules")
        shutil.copytree(PROJECT, root, ignore=ignored)
        for ending, (words, _, _) in DEFECTS.items():
            name = PREFIX + ending
            if chosen and name not in chosen:
                continue
            ids = [f"{module.plan}: {module.name}" for module in MODULES if module.name == name]
            plans = ", ".join(id.partition(":")[0] for id in ids)
            record[name] = f"{name} ({plans}): {words}: {outcome(root, ending, ids)}"
            sys.stdout.write(f"{record[name]}\n")
            sys.stdout.flush()
    RECORD.write_text("".join(f"{record[PREFIX + ending]}\n" for ending in DEFECTS), encoding="utf-8")
    return 1 if any("NOT " in line for line in record.values()) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
