"""The blocks of the documents, each by what reads its language: Python, nginx, our settings, a shell."""

import ast
import re
import subprocess
from io import StringIO
from pathlib import Path

import pytest
from dotenv import dotenv_values

from config import PROJECT, Settings
from tests.deploy.conftest import require

BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
DOCUMENTS = [*PROJECT.glob("*.md"), *PROJECT.glob("docs/*.md"), *PROJECT.glob("deploy/*.md")]
BLOCKS = [
    pytest.param(language, text, id=f"{path.relative_to(PROJECT)}-{number}")
    for path in sorted(DOCUMENTS)
    for number, (language, text) in enumerate(BLOCK.findall(path.read_text(encoding="utf-8")))
]
PIECES = re.compile(r"README.md|docs/copy.md")


def _of(*languages: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize(("language", "text"), [each for each in BLOCKS if each.values[0] in languages])


def test_every_block_has_a_language_that_somebody_reads() -> None:
    """A block in another one would be held by nothing."""
    assert set() == {each.values[0] for each in BLOCKS} - {"python", "nginx", "ini", "console", "text"}


@pytest.mark.parametrize(
    ("language", "text"), [each for each in BLOCKS if each.values[0] == "python" and not PIECES.match(str(each.id))]
)
def test_python_compiles(language: str, text: str) -> None:
    """Of README and docs/copy.md there are pieces, each of which tests/test_documents.py finds in an example."""
    ast.parse(text)


@_of("ini")
def test_settings_are_ones_that_we_read(language: str, text: str) -> None:
    """What is copied to `.env` means something there."""
    known = {setting.metadata["variable"] for setting in Settings.__dataclass_fields__.values()}
    given = dotenv_values(stream=StringIO(text), interpolate=False)
    assert given
    assert set() == {name.removesuffix("_FILE") for name in given} - known


@_of("nginx")
def test_nginx_accepts_it(language: str, text: str, tmp_path: Path) -> None:
    """Each block is a `location` of a server."""
    (tmp_path / "nginx.conf").write_text(
        f"pid {tmp_path}/pid;\nevents {{}}\nhttp {{ access_log off; server {{ listen 127.0.0.1:9; {text} }} }}\n"
    )
    command = [require("nginx"), "-t", "-p", str(tmp_path), "-e", "stderr", "-c", str(tmp_path / "nginx.conf")]
    said = subprocess.run(command, capture_output=True, text=True, timeout=20)
    assert 0 == said.returncode, said.stderr


@_of("console")
def test_a_shell_understands_what_is_to_be_typed(language: str, text: str) -> None:
    """Where some lines begin with a dollar sign, those are typed and the others are shown."""
    typed = [line.removeprefix("$ ") for line in text.splitlines() if line.startswith("$ ")] or text.splitlines()
    script = re.sub(r"<[^<>\n]+>", "PLACEHOLDER", "\n".join(typed))
    said = subprocess.run(["bash", "-n"], input=script, capture_output=True, text=True, timeout=20)
    assert ("", True) == (said.stderr, bool(script.strip()))
