"""What is installed elsewhere: the wheel with the application, the simulator as a tool, and how both are made."""

import hashlib
import os
import shutil
import site
import subprocess
import sys
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest
import requests

from config import PROJECT
from webapp.version import VERSION

SOURCES = ("webapp", "templates", "static", "pyproject.toml", "setup.py", "README.md", "LICENSE",
           *(path.name for path in PROJECT.glob("config*.py")))
LEAN = ("flask", "werkzeug", "jinja2", "markupsafe", "click", "itsdangerous", "blinker", "joserfc", "cryptography",
        "cffi", "_cffi_backend", "pycparser")
"""The simulator's dependencies and what they depend on, as they are imported."""
TESTING = ("pytest", "_pytest", "pluggy", "iniconfig", "packaging", "pygments", "authlib", "requests", "urllib3",
           "idna", "certifi", "charset_normalizer", "py")
"""What the other project has of its own."""
OURS = Path(site.getsitepackages()[0])
"""The application's packages, too."""
APPLICATION = '''
from authlib.integrations.flask_client import OAuth
from flask import Flask, redirect, session, url_for


def create_app(metadata_url, client_id):
    app = Flask(__name__)
    app.secret_key = "a secret of the other project"
    pingone = OAuth(app).register(
        "pingone", client_id=client_id, server_metadata_url=metadata_url,
        client_kwargs={"scope": "openid profile", "code_challenge_method": "S256"},
    )

    @app.get("/sign-on")
    def sign_on():
        return pingone.authorize_redirect(url_for("callback", _external=True))

    @app.get("/callback")
    def callback():
        return pingone.authorize_access_token()["userinfo"]["preferred_username"]

    return app
'''
TESTS = '''
import pytest
from application import create_app


@pytest.fixture
def client(pingone_simulator):
    registered = pingone_simulator.add_application("Other", ["http://localhost/callback"])
    return create_app(pingone_simulator.metadata_url, registered.client_id).test_client()


def sign_on(client, pingone_simulator):
    return client.get(pingone_simulator.sign_on(client.get("/sign-on").location, "ada"))


def test_signs_on(client, pingone_simulator):
    pingone_simulator.add_user("ada")
    assert "ada" == sign_on(client, pingone_simulator).text


def test_a_wrong_nonce_is_noticed(client, pingone_simulator):
    pingone_simulator.add_user("ada")
    pingone_simulator.choose_fault("nonce_wrong")
    with pytest.raises(Exception, match="nonce"):
        client.application.testing = True
        sign_on(client, pingone_simulator)


def test_an_expired_token_is_noticed(client, pingone_simulator):
    pingone_simulator.add_user("ada")
    pingone_simulator.move_clock(-7_200)
    with pytest.raises(Exception, match="expired"):
        client.application.testing = True
        sign_on(client, pingone_simulator)
'''


def copy_of_the_sources(folder: Path) -> Path:
    """As somebody else checked them out, at another time."""
    for name in SOURCES:
        if (PROJECT / name).is_dir():
            shutil.copytree(PROJECT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"),
                            copy_function=shutil.copy)
        else:
            folder.mkdir(parents=True, exist_ok=True)
            shutil.copy(PROJECT / name, folder / name)
    return folder


def build(sources: Path, what: str) -> Path:
    """Build what is asked for, without network."""
    program = f"from setuptools import build_meta; print(build_meta.build_{what}('made'))"
    environ = {**os.environ, "SOURCE_DATE_EPOCH": "1700000000"}
    made = subprocess.run([sys.executable, "-c", program], cwd=sources, env=environ, capture_output=True, text=True,
                          check=True, timeout=60)
    return sources / "made" / made.stdout.split()[-1]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(copy_of_the_sources(tmp_path_factory.mktemp("sources") / "one"), "wheel")


@pytest.fixture(scope="module")
def lean(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of somebody who tests another application: the wheel, what it asks for, and what they test with."""
    folder = tmp_path_factory.mktemp("lean") / "venv"
    venv.create(folder, with_pip=False, symlinks=True)
    [packages] = folder.glob("lib/python*/site-packages")
    for found in OURS.iterdir():
        if {found.name.split(".")[0], found.name.partition("-")[0].lower()} & {*LEAN, *TESTING}:
            os.symlink(found, packages / found.name)
    subprocess.run([sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", str(folder / "bin/python"),
                    "install", "-q", "--no-index", "--no-deps", str(wheel)], check=True, timeout=60)
    return folder / "bin" / "python"


def test_two_builds_are_alike_to_the_byte(wheel: Path, tmp_path: Path) -> None:
    """Wheel and source archive, made in another folder a while later; the wheel also when made from the archive."""
    again = copy_of_the_sources(tmp_path / "two")
    for path in again.rglob("*"):
        os.utime(path, (1_600_000_000, 1_600_000_000))
    archives = [build(folder, "sdist") for folder in (wheel.parent.parent, again)]
    with tarfile.open(archives[1]) as archive:
        archive.extractall(tmp_path / "unpacked", filter="data")
    [unpacked] = (tmp_path / "unpacked").iterdir()
    wheels = [wheel, build(unpacked, "wheel")]
    for made in (archives, wheels):
        assert 1 == len({hashlib.sha256(each.read_bytes()).hexdigest() for each in made}), made


def test_nothing_is_missing_from_the_wheel(wheel: Path) -> None:
    """Every template, static file and module of ours is in it, and the version of the project."""
    names = set(zipfile.ZipFile(wheel).namelist())
    tree = [path for path in PROJECT.rglob("webapp/**/*") if path.is_file() and "__pycache__" not in path.parts]
    wanted = {str(path.relative_to(PROJECT)) for path in tree}
    wanted |= {f"webapp/{path.relative_to(PROJECT)}" for folder in ("templates", "static")
               for path in (PROJECT / folder).rglob("*.*")}
    assert set() == wanted - names
    assert f"pingone_signon-{VERSION}.dist-info/METADATA" in names


def test_the_application_signs_on_from_the_wheel(lean: Path, tmp_path: Path) -> None:
    """In another folder, without the checkout: pages, styles and a sign-on; its files are made where it is started."""
    program = (
        "import requests, webapp, sys\n"
        "from webapp import create_app\n"
        "app = create_app()\n"
        "client = app.test_client()\n"
        "url = app.extensions['services'].settings.public_url\n"
        "get = lambda path, **more: client.get(path, base_url=url, **more)\n"
        "assert 'site-packages' in webapp.__file__, webapp.__file__\n"
        "assert get('/').status_code == get('/static/site.css').status_code == 200\n"
        "form = get('/sign-on/redirectless').location\n"
        "given = {'username': 'sharedTestUser', 'password': 'PingOne-2026!'}\n"
        "client.post(form, base_url=url, data=given, headers={'Origin': url})\n"
        "print(get('/session', headers={'Accept': 'application/json'}).json['signed_in'])\n"
    )
    environ = {"PATH": os.environ["PATH"], "LOG_LEVEL": "error", "PYTHONPATH": str(OURS)}
    done = subprocess.run([lean, "-c", program], cwd=tmp_path, env=environ, capture_output=True, text=True,
                          timeout=60)
    assert "True\n" == done.stdout, done.stderr
    assert (tmp_path / "instance").is_dir()
    help_of_it = subprocess.run([lean, "-m", "webapp", "--help"], cwd=tmp_path, env=environ, capture_output=True,
                                text=True, check=True, timeout=60)
    assert "--port" in help_of_it.stdout


def test_other_peoples_tests(lean: Path, tmp_path: Path) -> None:
    """A twenty-line application with Authlib: it signs on, a wrong nonce and an expired token are noticed."""
    (tmp_path / "application.py").write_text(APPLICATION)
    (tmp_path / "test_application.py").write_text(TESTS)
    (tmp_path / "webapp.py").write_text("raise ImportError('their own package of that name')")
    done = subprocess.run([lean, "-m", "pytest", "-q", "-p", "no:cacheprovider"], cwd=tmp_path, capture_output=True,
                          text=True, timeout=60, env={"PATH": os.environ["PATH"]})
    assert "3 passed" in done.stdout, done.stdout + done.stderr


def test_the_tool_brings_nothing_it_does_not_need(lean: Path) -> None:
    """The wheel asks for four packages; the application's are an extra. By the old name it needs no more either."""
    program = (
        "import sys; from {} import create_simulator; create_simulator('http://127.0.0.1:9000')\n"
        "print(sorted({{name.split('.')[0] for name in sys.modules}} & {{'redis', 'flask_session', 'requests', "
        "'dotenv', 'gunicorn', 'authlib', 'config'}}))"
    )
    for module in ("pingone_simulator", "webapp.simulator"):
        done = subprocess.run([lean, "-c", program.format(module)], capture_output=True, text=True, timeout=60)
        assert "[]\n" == done.stdout, done.stderr
    asked = "from importlib.metadata import requires as r; print(*(x for x in r('pingone-signon') if 'extra' not in x))"
    done = subprocess.run([lean, "-c", asked], capture_output=True, text=True, check=True, timeout=60)
    assert {"cryptography", "flask", "joserfc", "werkzeug"} == {each.partition(">")[0] for each in done.stdout.split()}


def test_the_command(lean: Path) -> None:
    """`pingone-simulator` says where it is, opens the admin API on request, and ends when told to."""
    command = [lean.with_name("pingone-simulator"), "--port", "0", "--admin"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            base_url = process.stdout.readline().split()[-1]
            assert requests.get(f"{base_url}/simulator/admin/", timeout=5).json()["baseUrl"] == base_url
            taken = subprocess.run([*command[:2], base_url.rpartition(":")[2]], capture_output=True, text=True,
                                   timeout=30)
            assert (1, True) == (taken.returncode, taken.stderr.startswith("Cannot listen on 127.0.0.1"))
        finally:
            process.terminate()


def test_an_application_without_its_packages_says_what_to_install(lean: Path) -> None:
    """The wheel without its extra is the simulator."""
    done = subprocess.run([lean.with_name("pingone-signon")], capture_output=True, text=True, timeout=30)
    assert (1, True) == (done.returncode, "pip install 'pingone-signon[app]'" in done.stderr), done.stderr
