"""Production server settings: `gunicorn -c python:webapp.gunicorn "webapp:create_app()"`.

https://docs.gunicorn.org/en/stable/settings.html has what each name means.
"""

import os
import signal
from typing import Any

from gunicorn.app.base import Application
from gunicorn.config import Config

from config import Settings, SettingsInvalid

from .server_log import ServerLog
from .worker import hold_signals_at_fork

try:
    _settings = Settings.from_env()
except SettingsInvalid as _invalid:
    raise SystemExit(str(_invalid)) from None

bind = f"[{_settings.host}]:{_settings.port}" if ":" in _settings.host else f"{_settings.host}:{_settings.port}"
workers = _settings.web_concurrency
# Threads wait for PingOne without keeping others waiting; a process each would load everything once more.
worker_class = "webapp.worker.Worker"
threads = _settings.web_threads
keepalive = 5  # seconds
limit_request_line = 8190  # A refusal that PingOne sends to the sign-on page carries JSON in its query.
# On SIGTERM a sign-on in progress is finished: an outbound call may take 8 seconds, and there may be four of them.
graceful_timeout = 35  # seconds
timeout = 60  # seconds without a heartbeat; threads do not block it
# Each worker builds its own application after the fork: threads, locks and connections do not survive one.
preload_app = False

# Proxies are counted by TRUSTED_PROXIES in the application. Gunicorn itself would believe X-Forwarded-Proto and
# SCRIPT_NAME of every neighbour on 127.0.0.1.
forwarded_allow_ips = ""

# The application writes a line for each request. If gunicorn's is wanted too, it comes without the query, which holds
# the code (gunicorn's own format prints it), and without the referrer.
accesslog = None
access_log_format = '%(h)s %(t)s "%(m)s %(U)s" %(s)s %(b)s %(L)s'
ServerLog.form, ServerLog.addresses = _settings.log_format, _settings.log_addresses != "off"
logger_class = ServerLog
loglevel = "info" if _settings.log_level == "debug" else _settings.log_level
# Where each worker shows that it is alive: a slow disk could have it killed, on a read-only one it could not start.
worker_tmp_dir = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108
if _settings.metrics_port:
    from .metrics.workers import Shared

    _store = "redis" if _settings.redis_url else "sqlite"
    _metrics = Shared(_settings.metrics_host, _settings.metrics_port, _store, worker_tmp_dir)
    pre_fork, post_fork = _metrics.pre_fork, _metrics.post_fork
    child_exit, on_exit = _metrics.child_exit, _metrics.on_exit
# A socket that lets others of this machine control the server is not wanted.
control_socket_disable = True

HELD = {
    "bind": "HOST and PORT", "workers": "WEB_CONCURRENCY", "threads": "WEB_THREADS", "worker_class": "nothing else",
    "preload_app": "nothing else", "forwarded_allow_ips": "TRUSTED_PROXIES",
    "control_socket_disable": "nothing else",
}  # fmt: skip
"""What nobody changes beside the settings, and the settings to change it by."""


def on_starting(server: Any) -> None:
    """Refuse what the command line or GUNICORN_CMD_ARGS say against the settings: those were checked together."""
    if isinstance(server.app, Application):  # gunicorn's own program; `python -m webapp` reads neither.
        _hold(server.cfg.settings)
    if _settings.metrics_port:
        _metrics.on_starting(server)


def when_ready(server: Any) -> None:
    hold_signals_at_fork()


def _hold(theirs: dict[str, Any]) -> None:
    """Another address would open the built-in simulator to a network, more processes would each have one of their own,
    and trusted neighbours could say who they are. Certificates, log files and the like may be given.
    """
    ours = Config()
    for name in HELD:
        ours.set(name, globals()[name])
    changed = [f"--{name.replace('_', '-')} (set {of})" for name, of in HELD.items()
               if theirs[name].get() != ours.settings[name].get()]  # fmt: skip
    if changed:
        raise SystemExit(f"gunicorn was given {', '.join(changed)}: these come from the settings alone.")


def post_worker_init(worker: Any) -> None:
    """Let the master alone answer Ctrl-C. A terminal sends it to the workers too, and one that gets two signals
    at the same moment may wait for the whole graceful time-out."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    from .views import logs

    logs.to_our_form()
    if worker.age == 1:  # A worker that replaces another says nothing.
        logs.started(worker.wsgi.extensions["services"].settings, workers)
    if _settings.metrics_port:
        _metrics.post_worker_init(worker)
