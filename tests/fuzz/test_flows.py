"""Flows: whatever PingOne says of one, the visitor sees a form or a page of ours, and never a stack trace."""

import json

from hypothesis import given
from hypothesis import strategies as st

from tests.fuzz.anything import BODIES, HOSTILE, JSON, LATIN, TEXT, as_json, objects
from tests.fuzz.conftest import OWN, Site
from tests.fuzz.profile import PURE, THROUGH
from tests.fuzz.scripted import FLOW
from webapp.oidc.errors import ProviderError
from webapp.pingone.cookies import header, received
from webapp.pingone.flow import parse_flow
from webapp.pingone.platform_error import problem_of
from webapp.pingone.steps import ACTIONS, STEPS, body_of, devices_of, step_of
from webapp.views.refusals import problems

STATUSES = st.sampled_from([*STEPS, "COMPLETED", "FAILED", "ASSERTION_REQUIRED", "AGREEMENT_REQUIRED"])
DEVICE = objects(id=TEXT, type=st.sampled_from(["SMS", "EMAIL"]), phone=TEXT, nickname=TEXT)
ATTRIBUTE = objects(
    schemaPropertyName=st.sampled_from(["mobilePhone", "a.b", "a"]), displayName=TEXT, required=st.booleans()
)
POLICY = objects(
    length=objects(min=st.integers(), max=st.integers()),
    minCharacters=st.dictionaries(TEXT, JSON, max_size=2),
    excludesCommonlyUsed=st.booleans(),
)
EMBEDDED = objects(
    user=objects(username=TEXT),
    devices=st.lists(DEVICE, max_size=3),
    passwordPolicy=POLICY,
    attributes=st.lists(ATTRIBUTE, max_size=3),
    agreement=objects(title=TEXT, content=TEXT),
)
LINKS = st.dictionaries(st.sampled_from([*ACTIONS, "self"]), JSON, max_size=6)
FLOWS = objects(
    id=st.just(FLOW),
    status=STATUSES,
    _links=LINKS,
    _embedded=EMBEDDED,
    devices=st.lists(DEVICE, max_size=3),
    error=objects(code=TEXT, message=TEXT),
    authorizeResponse=st.dictionaries(TEXT, TEXT, max_size=3),
)
SOUND = st.builds(lambda flow, status: {**flow, "id": FLOW, "status": status}, FLOWS, STATUSES)
DETAIL = objects(
    code=st.sampled_from(["INVALID_OTP", "INVALID_CREDENTIALS", "PASSWORD_LOCKED_OUT"]) | TEXT,
    target=st.sampled_from(["otp", "newPassword", "username"]) | TEXT,
    message=TEXT,
    innerError=objects(secondsUntilUnlock=st.integers(), unsatisfiedRequirements=st.lists(JSON, max_size=3)),
)
PROBLEMS = objects(code=TEXT, message=TEXT, details=st.lists(DETAIL, max_size=3))
HEADERS = st.lists(
    st.tuples(st.sampled_from(["Set-Cookie", "Location", "Retry-After", "Content-Type"]), LATIN), max_size=3
)
COOKIE = st.from_regex(r"[!-~]{0,20}(; ?[A-Za-z-]{0,9}=?[!-~]{0,9}){0,3}", fullmatch=True)
SET = st.tuples(st.sampled_from(["ST", "a", "", "b c"]), LATIN | COOKIE)
FORMS = st.dictionaries(
    st.sampled_from(["username", "password", "otp", "device", "profile.a.b", "profile.a"]), TEXT | HOSTILE
)


@THROUGH
@given(st.sampled_from([200, 200, 200, 302, 400, 401, 404]), FLOWS.map(as_json) | BODIES, HEADERS)
def test_any_answer_to_the_start_of_a_flow(site: Site, status: int, body: bytes, headers: list) -> None:
    """Our server asks for a flow and gets this: a step form, or a refusal."""
    client = site.visitor()
    site.pingone.says["authorize"] = status, headers, body
    answer = client.get("/sign-on/redirectless", base_url=site.settings.public_url)
    assert answer.status_code in (303, 400, 502), answer.text[:500]
    assert site.is_nobody(client)


@THROUGH
@given(
    SOUND,
    st.sampled_from(["", *ACTIONS, "no.such"]),
    FORMS,
    st.sampled_from([200, 200, 400, 400, 403, 404, 500]),
    (SOUND | FLOWS | PROBLEMS).map(as_json) | BODIES,
    HEADERS,
)
def test_any_step_of_a_flow(
    site: Site, flow: dict, action: str, form: dict, status: int, body: bytes, headers: list
) -> None:
    """The form for any flow, any of its actions sent, and any answer to that."""
    client, base = site.visitor(), site.settings.public_url
    site.pingone.says["authorize"] = 200, [], as_json(flow)
    begun = client.get("/sign-on/redirectless", base_url=base)
    if begun.status_code != 303:
        return
    step = begun.headers["Location"]
    site.pingone.says |= {"act": (status, headers, body), "flow": (status, headers, body)}
    for address in (step, f"{step}?show={action}"):
        assert client.get(address, base_url=base).status_code in (200, 303, 400, 422, 502, 503), address
    sent = {name: value.encode("utf-8", "replace").decode() for name, value in form.items()}
    answer = client.post(step, data={**sent, "action": action}, base_url=base, headers=OWN)
    assert answer.status_code in (303, 400, 422, 502, 503), answer.text[:500]
    assert client.get(step, base_url=base).status_code in (200, 303, 400, 422, 502, 503)
    assert site.is_nobody(client)


@PURE
@given(FLOWS)
def test_a_flow_is_read_or_refused(document: dict) -> None:
    """A flow that was read can be kept as JSON, has a step, and lists devices that have an id."""
    try:
        flow = parse_flow(document)
    except ProviderError:
        return
    assert flow == parse_flow(json.loads(json.dumps({**flow.document, "authorizeResponse": flow.authorize_response})))
    assert step_of(flow).kind and all(device.id for device in devices_of(flow))


@PURE
@given(PROBLEMS, st.sampled_from([*ACTIONS, "no.such"]))
def test_any_refusal_has_words(members: dict, action: str) -> None:
    """Whatever a platform error holds, something is said, and said in text."""
    said = problems(problem_of(members, "HTTP 400"), action)
    assert said and all(isinstance(words, str) and words for words in said.values())


@PURE
@given(
    st.sampled_from(list(ACTIONS)),
    st.dictionaries(TEXT | st.sampled_from(["profile.a", "profile.a.b"]), TEXT, max_size=4),
)
def test_any_fields_make_a_body(action: str, fields: dict) -> None:
    """What a form sends for an action becomes JSON, whatever its fields are called."""
    asked = [{"schemaPropertyName": name} for name in ("a", "a.b")]
    flow = parse_flow({"id": FLOW, "status": "PROFILE_DATA_REQUIRED", "_embedded": {"attributes": asked}})
    json.dumps(body_of(flow, action, fields))


@PURE
@given(st.lists(SET, max_size=30))
def test_pingones_cookies_make_one_line(lines: list[tuple[str, str]]) -> None:
    """What is sent back is one header of harmless characters, however odd what was set."""
    pairs = tuple(("Set-Cookie", f"{name}={value}") for name, value in lines)
    kept = received({"held": "1"}, pairs)
    line = header(kept).get("Cookie", "")
    assert line.isascii() and (line.isprintable()) and len(kept) <= 20
    assert [f"{name}={value}" for name, value in kept.items()] == (line.split("; ") if line else [])
