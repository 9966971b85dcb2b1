"""Table A, token answer rows, and the type checks of oauth4webapi: every member is looked at before it is used."""

from tests.support import provider_faults
from tests.support.adversarial import Row, Witness, assert_clean_sign_on, assert_refused, each_mode
from tests.support.provider import DELETE, Provider
from tests.support.raw_server import Fault
from tests.support.relying_party import Browser

AFTER = ("userinfo", "introspect")


def _member(name: str, /, **members: object) -> Row:
    return Row(name, lambda provider: provider.tamper("token", **members), "provider_error", 502, AFTER)


def _answer(name: str, fault: Fault, code: str = "provider_error", status: int = 502) -> Row:
    def poison(provider: Provider) -> None:
        provider.faults["token"] = fault

    return Row(name, poison, code, status, AFTER, ("hosted", "redirectless"))


def _error(status: int, error: str) -> Row:
    words = f'{{"error":"{error}","error_description":"planted-words <script>"}}'.encode()
    return _answer(f"{status}-{error}", provider_faults.status(status, body=words), "token_refused")


ROWS = [
    _member("access-token-missing", access_token=DELETE),
    _member("access-token-number", access_token=17),
    _member("access-token-empty", access_token=""),
    _member("access-token-line-break", access_token="a\r\nX-Evil: 1"),
    _member("refresh-token-list", refresh_token=["a"]),
    _member("scope-list", scope=["openid"]),
    _member("token-type-missing", token_type=DELETE),
    _member("token-type-mac", token_type="mac"),
    _member("token-type-dpop", token_type="DPoP"),
    _member("token-type-number", token_type=1),
    _member("expires-in-text", expires_in="3600"),
    _member("expires-in-true", expires_in=True),
    _member("expires-in-negative", expires_in=-5),
    _member("expires-in-huge", expires_in=1e300),
    _member("expires-in-nan", expires_in=float("nan")),
    _member("id-token-missing", id_token=DELETE),
    _member("id-token-null", id_token=None),
    _member("id-token-number", id_token=5),
    _member("surrogate", extra="\ud800"),
    _answer("list", provider_faults.body(b"[]")),
    _answer("null", provider_faults.body(b"null")),
    _answer("empty", provider_faults.body(b"")),
    _answer("nested", provider_faults.body(b"[" * 100_000)),
    _answer("member-twice", provider_faults.body(b'{"access_token":"a","access_token":"b"}')),
    _answer("byte-order-mark", provider_faults.body(b"\xef\xbb\xbf{}")),
    _answer("utf-16", provider_faults.body('{"access_token":"a"}'.encode("utf-16"))),
    _answer("201", provider_faults.right_body_status(201)),
    _answer("204", provider_faults.right_body_status(206)),
    _error(400, "invalid_grant"),
    _error(401, "invalid_client"),
    _error(403, "access_denied"),
]


@each_mode(ROWS)
def test_token_answer_is_refused(browser: Browser, provider: Provider, witness: Witness, row: Row, mode: str) -> None:
    """A bad token answer signs nobody in, the code is not sent twice, and PingOne's words are escaped."""
    row.poison(provider)
    page = browser.sign_on(mode)
    assert 1 == provider.ledger.count("token"), provider.ledger.endpoints
    assert "planted-words <script>" not in page.text
    assert_refused(browser, page, row, witness)
    assert_clean_sign_on(browser, mode)
