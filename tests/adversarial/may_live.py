"""Checks that no test can need, each with the reason."""

TYPES = "for the type checker"
NEVER = "no disk and no server can be made to give back something else than was written"
SECOND = "a second line: gunicorn refuses it too"
ATTACHED = f"{TYPES}: a flow that has come so far has its user and push"
MAY_LIVE = {
    "config_reader.py: ... if folder else None": "OpenSSL finds no directory where a file is, and minds it not",
    "webapp/oidc/keys.py: for ... if key.kid is not None": f"{TYPES}: a key without id is never looked for by id",
    "webapp/oidc/memory.py: if ... or kept is None: return False #2": f"{TYPES}: what is not there does not live",
    "webapp/oidc/renewal.py: if ... or not error.said: raise": f"{TYPES}: a refused refresh has PingOne's words",
    "webapp/pingone/flows.py: end_session: return bool(request.url)": "what a client makes of an empty URL is its own",
    "webapp/signon/attempts.py: ... if record is not None else None": f"{TYPES}: no record makes no attempt either",
    "webapp/signon/signed_in.py: save: return self.held is not None": f"{TYPES}: a refresh loads before it saves",
    "webapp/store/memory.py: ... if value is not None else None": "for the reader: what is not there has ended too",
    "webapp/store/redis_store.py: ... if isinstance(answer, bytes) else None": f"{TYPES}: GET answers bytes or None",
    "webapp/store/redis_line.py: for ... if hasattr(socket, name)": "for systems that lack one of the three",
    "webapp/store/redis_store.py: for ... if not outlives_now(put.ttl)": "for speed: what is put may be removed before",
    "webapp/store/redis_store.py: if self._ask(lambda: self._line.together(commands))[1] != value: raise": NEVER,
    "webapp/store/sqlite.py: for ... if not outlives_now(put.ttl)": "as redis_store.py",
    "webapp/store/sqlite.py: if kept != [(row['value'],)]: raise": NEVER,
    "webapp/store/sqlite_file.py: if ... or _primary_code(error) != sqlite3.SQLITE_BUSY: raise": (
        "what no waiting helps would wait"
    ),
    "webapp/transport/dial.py: ... if is_directory else None": "as config_reader.py",
    "webapp/arriving.py: if self.over: return False": "what is refused would be kept until its time is over",
    "webapp/arriving.py: if len(lengths) + len(codings) > 1 or codings not in ([], [b'chunked']): raise": SECOND,
    "webapp/arriving.py: if ... or len(lengths) + len(codings) > 1: raise": SECOND,
    "webapp/simulator/engine/actions/multi_factor.py: ... if flow.user else None": ATTACHED,
    "webapp/simulator/engine/actions/multi_factor.py: ... if flow.user else ''": ATTACHED,
    "webapp/simulator/engine/actions/multi_factor.py: if ... or flow.push is None: return": ATTACHED,
    "webapp/simulator/engine/actions/password.py: if ... or user is None: raise": ATTACHED,
    "webapp/simulator/engine/actions/recovery.py: if user is None: raise": ATTACHED,
    "webapp/views/orders.py: if ... or person is None: abort(404)": f"{TYPES}: the guard has asked who it is",
    "webapp/views/protection.py: if sent.host == public.netloc: return None": "the short way for nearly every request",
}
