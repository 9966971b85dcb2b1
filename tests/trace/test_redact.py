"""Every secret is hidden by its name, in URLs, headers, cookies, forms and JSON; everything else stays readable."""

import base64
import json
from urllib.parse import quote, urlencode

import pytest

from tests.trace.masking import Masking, keep_body
from webapp.trace.mask import mask
from webapp.trace.names import KINDS

VALUE = "0b5ff4e6-1ed1-4b3f-9aef-52f3f1a5d0aa"
FLOW = "d5dee5a9-2f6f-4d4c-8e0a-1f2f3f4f5f6f"


@pytest.fixture
def redactor() -> Masking:
    return Masking()


@pytest.mark.parametrize("name", sorted(KINDS))
def test_a_secret_parameter_is_masked_in_a_query_a_fragment_a_form_and_json(redactor: Masking, name: str) -> None:
    """One list of names serves every place in which a name can stand."""
    expected = mask(KINDS[name], VALUE)
    assert f"https://a.example/x?keep=1&{name}={expected}" == redactor.url(f"https://a.example/x?keep=1&{name}={VALUE}")
    assert f"/callback#{name}={expected}" == redactor.url(f"/callback#{name}={VALUE}")
    assert [[name, expected]] == redactor.pairs([(name, VALUE)])
    assert {"a": [{name: expected}]} == redactor.json({"a": [{name: VALUE}]})


@pytest.mark.parametrize("name", ["codeVerifier", "code-verifier", "Code_Verifier", "CODE.VERIFIER", "code%5Fverifier"])
def test_the_spelling_of_a_name_does_not_matter(redactor: Masking, name: str) -> None:
    """Another spelling of a secret's name is still the name of a secret."""
    assert VALUE not in redactor.url(f"/token?{name}={VALUE}")


def test_what_is_public_stays_in_its_wire_form(redactor: Masking) -> None:
    """Challenge, flow id and client id are there to be read, exactly as they were sent."""
    url = (
        f"https://auth.pingone.example/e/as/authorize?client_id={VALUE}&flowId={FLOW}&scope=openid+profile"
        "&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256"
        "&redirect_uri=http%3A%2F%2Flocalhost%3A8000%2Fcallback&response_type=code&grant_type=authorization_code"
    )
    assert url == redactor.url(url)


def test_a_url_inside_a_parameter_is_masked_too(redactor: Masking) -> None:
    """A code does not become public by being part of a URL that is itself a parameter."""
    inner = f"https://a.example/cb?code={VALUE}"
    assert VALUE not in redactor.url(f"/sign-on/initiate?target_link_uri={quote(inner, safe='')}")


def test_the_password_of_a_url_is_masked(redactor: Masking) -> None:
    """`https://user:password@host` is an old way to say a password."""
    assert "https://user:‹password›@a.example/x?a=1" == redactor.url("https://user:hunter2hunter2@a.example/x?a=1")


@pytest.mark.parametrize("joint", ["?", "#", "&", ";"])
def test_a_known_secret_is_found_although_a_url_takes_it_apart(redactor: Masking, joint: str) -> None:
    """A password that was pasted into a URL without encoding ends in two parts of it."""
    redactor.secrets.learn("password", f"first{joint}second")
    assert "/x?q=‹password›" == redactor.url(f"/x?q=first{joint}second")
    assert [["X-Url", "/x?q=‹password›"]] == redactor.headers([("X-Url", f"/x?q=first{joint}second")])


def test_cookies_keep_their_names_and_attributes(redactor: Masking) -> None:
    """The reader sees which cookie went where and how it was set; nobody sees its value."""
    kept = redactor.headers(
        [
            ("Cookie", f"ST={VALUE}; __Host-so.abcd1234={VALUE}x; plain"),
            ("Set-Cookie", f"ST={VALUE}; Path=/env; Max-Age=2592000; Secure; HttpOnly; SameSite=None"),
            ("set-cookie", "ST=; Path=/env; Max-Age=0"),
        ]
    )
    assert [
        ["Cookie", f"ST={mask('ST', VALUE)}; __Host-so.abcd1234={mask('cookie', VALUE + 'x')}; ‹cookie›"],
        ["Set-Cookie", f"ST={mask('ST', VALUE)}; Path=/env; Max-Age=2592000; Secure; HttpOnly; SameSite=None"],
        ["set-cookie", "ST=; Path=/env; Max-Age=0"],
    ] == kept


def test_a_bearer_token_wears_the_same_mask_as_in_the_token_answer(redactor: Masking) -> None:
    """So the eye can follow the access token from the token call to userinfo."""
    answer = redactor.json({"access_token": VALUE})
    assert {"access_token": mask("access_token", VALUE)} == answer
    assert [["Authorization", f"Bearer {mask('access_token', VALUE)}"]] == redactor.headers(
        [("Authorization", f"Bearer {VALUE}")]
    )


def test_basic_authentication_shows_the_client_id_and_masks_the_decoded_secret(redactor: Masking) -> None:
    """RFC 6749 section 2.3.1 form-encodes both halves; the mask is that of the secret as it is configured."""
    secret = "a secret:with+signs/and=more"
    credential = base64.b64encode(f"client:{urlencode({'': secret})[1:]}".encode()).decode()
    assert [["Authorization", f"Basic base64(client:{mask('client_secret', secret)})"]] == redactor.headers(
        [("Authorization", f"Basic {credential}")]
    )
    assert credential not in redactor.text(f"the header was {credential}")


@pytest.mark.parametrize("value", ["Basic ???", "Basic", "Basic bm9jb2xvbg==", "Digest a=b", VALUE, "Basic /w=="])
def test_an_unreadable_credential_is_masked_as_a_whole(redactor: Masking, value: str) -> None:
    """What we cannot take apart we do not show."""
    assert [["Authorization", mask("authorization", value)]] == redactor.headers([("Authorization", value)])


@pytest.mark.parametrize("name", ["Location", "Referer", "Refresh", "X-Forwarded-Uri"])
def test_urls_in_headers_lose_their_secrets(redactor: Masking, name: str) -> None:
    """The code arrives in the Location of the resume answer."""
    [[_, value]] = redactor.headers([(name, f"http://localhost:8000/callback?code={VALUE}&state={VALUE}s")])
    assert f"http://localhost:8000/callback?code={mask('code', VALUE)}&state={mask('state', VALUE + 's')}" == value


def test_error_codes_stay_readable_and_authorization_codes_do_not(redactor: Masking) -> None:
    """PingOne names both of them `code`."""
    error = {"code": "INVALID_DATA", "message": "no", "details": [{"code": "INVALID_VALUE", "target": "password"}]}
    assert error == redactor.json(error)
    assert {"authorizeResponse": {"code": mask("code", VALUE)}} == redactor.json({"authorizeResponse": {"code": VALUE}})
    assert VALUE not in json.dumps(redactor.json({"code": VALUE, "message": "no"}))
    assert "‹code›" == redactor.json({"code": "SHORT", "state": "x"})["code"]


@pytest.mark.parametrize("sibling", ["message", "details", "target", "innerError"])
def test_an_error_code_is_known_by_its_siblings(redactor: Masking, sibling: str) -> None:
    """Each of the members that PingOne's errors have beside it; without one it is an authorization code."""
    assert {"code": "requiredValue", sibling: "x"} == redactor.json({"code": "requiredValue", sibling: "x"})
    assert "‹code›" == redactor.json({"code": "requiredValue", "other": "x"})["code"]


def test_whatever_stands_below_a_secret_name_is_masked(redactor: Masking) -> None:
    """A password in a list, as a number or inside an object is still a password."""
    value = {"password": [1234567, "hunter2", {"value": "hunter3", "known": True, "none": None}]}
    expected = {"password": ["‹password›", "‹password›", {"value": "‹password›", "known": True, "none": None}]}
    assert expected == redactor.json(value)


def test_a_value_that_was_masked_once_is_masked_everywhere_after_that(redactor: Masking) -> None:
    """An answer may repeat what we sent under a name that nobody listed."""
    redactor.pairs([("otp", "918273"), ("password", "correct horse")])
    assert {
        "echo": "‹otp›",
        "number": "‹otp›",
        "text": "you typed ‹password›!",
    } == redactor.json({"echo": "918273", "number": 918273, "text": "you typed correct horse!"})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"Max retries exceeded with url: /as/resume?code={VALUE} (caused by)", f"code={mask('code', VALUE)}"),
        (f'{{"access_token": "{VALUE}', mask("access_token", VALUE)),
        (f'{{\\"otp\\":\\"{VALUE}', "‹otp›"),
        ('{"otp": 918273, "x', "‹otp›"),
        ('{"password": "hunter', "‹password›"),
        ("password: hunter", "‹password›"),
        (f"state%3D{VALUE}", mask("state", VALUE)),
        (f"bad\\ncode={VALUE}", mask("code", VALUE)),
        (f"bad%5Cncode%3D{VALUE}", mask("code", VALUE)),
        ("a eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0. b", "a ‹token · 36 chars"),
    ],
)
def test_secrets_are_found_in_text_without_structure(redactor: Masking, text: str, expected: str) -> None:
    """Exception messages and bodies that were cut are text, and carry secrets nevertheless."""
    assert expected in redactor.text(text)


@pytest.mark.parametrize(
    "text",
    [
        "grant_type=authorization_code&x=1",
        "code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
        "authorization_code=4d3c-not-a-parameter-of-ours",
        "state: missing",
        "nonce: #77d01b",
        '"code": "INVALID_DATA"',
        "The code_verifier sent does not match code_challenge",
        "Request denied: Invalid client credentials (Correlation ID: 4d3c)",
    ],
)
def test_prose_and_error_codes_are_left_alone(redactor: Masking, text: str) -> None:
    """A trace in which everything is masked explains nothing."""
    assert text == redactor.text(text)


def test_only_texts_are_opened_as_tokens() -> None:
    """Whatever an answer calls a token is opened if it is one."""
    assert [] == keep_body(b'{"id_token": 5, "access_token": null, "refresh_token": ["e.e.e"]}', "")["tokens"]


@pytest.mark.parametrize("text", ["5", '"text"', "true", "null", "{", "NaN"])
def test_what_is_no_object_or_list_is_text(text: str) -> None:
    """It is then searched for secrets as text is."""
    assert "text" == keep_body(text.encode(), "application/json")["kind"]


@pytest.mark.parametrize("name", ["nonce", "state", "code_verifier", "access_token", "client_secret"])
def test_a_secret_of_capitals_in_a_body_that_was_cut_is_masked(name: str) -> None:
    """Only PingOne's `code` is a word of capitals that is none."""
    assert "VERYSECRETVALUE" not in Masking().text(f'{{"{name}":"VERYSECRETVALUE","mo')
    assert '"code":"INVALID_DATA"' in Masking().text('{"code":"INVALID_DATA","mo')


@pytest.mark.parametrize(
    "text", ["code=abcdef", "code%3Dabcdef", '"code": "abcdef"', '"code":"ABC7', "state%3dmissing"]
)
def test_a_word_is_prose_only_where_prose_is(text: str) -> None:
    """After an equals sign it is a value, however that is written; a code in quotes is an error's only in capitals."""
    masked = Masking().text(text)
    assert [] == [word for word in ("abcdef", "ABC7", "missing") if word in masked]
    assert "‹" in masked
