"""What the person does in a module, and what the suite makes of it.

`PASSED`, `SKIPPED` and `REVIEW` are the suite's words. It skips a module where the relying party is stricter than it
must be, and asks for a person's look where a browser cannot tell it what a frame showed.
"""

from collections.abc import Callable

from tests.conformance.drive import Run

Judge = Callable[[Run], str]


def passed(held: bool) -> str:
    return "PASSED" if held else "FAILED"


def uses(run: Run) -> str:
    """Everything is right: the suite waits for the userinfo call."""
    run.sign_on()
    run.ask_userinfo()
    nonce = run.suite.last_nonce
    plain = 22 <= len(nonce) <= 43 and nonce.replace("-", "").replace("_", "").isalnum()
    return passed(run.count("userinfo") == 1 and run.signed_in and plain)


def stops(run: Run) -> str:
    """The ID token is wrong: userinfo must not be asked, and nobody is signed on."""
    page = run.sign_on()
    run.ask_userinfo()
    return passed(run.count("token") == 1 and run.count("userinfo") == 0 and not run.signed_in and page.status == 502)


def may_stop(run: Run) -> str:
    """An unsigned ID token from the token endpoint may be taken (PASSED) or refused (SKIPPED)."""
    run.sign_on()
    run.ask_userinfo()
    return "PASSED" if run.count("userinfo") or run.signed_in else "SKIPPED"


def discards(run: Run) -> str:
    """Userinfo about somebody else: asked, compared, not used."""
    run.sign_on()
    page = run.ask_userinfo()
    foreign = "foreign@example.com" in page.text + run.browser.visit(f"{run.rp}/session").text
    return passed(run.count("userinfo") == 1 and page.error_code == "subject_changed" and not foreign)


def shows_claims(run: Run) -> str:
    """Claims are asked for by scope, and what userinfo brings is there."""
    run.sign_on()
    page = run.ask_userinfo()
    scope = run.suite.ledger.of("authorize")[0].params["scope"].split()
    return passed(bool({"profile", "email", "phone", "address"} & set(scope)) and "alice@example.com" in page.text)


def reads_metadata(run: Run) -> str:
    """Metadata first, and everything after at the places that they name."""
    run.sign_on()
    run.ask_userinfo()
    return passed(run.asked[0] == "discovery" and run.count("jwks") == 1 and run.asked[-1] == "userinfo")


def leaves_nothing(run: Run) -> str:
    """Metadata of another issuer: no authorization request."""
    page = run.sign_on()
    return passed(run.count("discovery") > 0 and run.count("authorize") == 0 and page.status == 502)


def signs_on_again(run: Run) -> str:
    """A second sign-on after the keys have changed: fetched again, asked again."""
    first = uses(run)
    run.suite.rotate("second")
    run.sign_on()
    run.ask_userinfo()
    return passed(first == "PASSED" and run.count("jwks") == 2 and run.count("userinfo") == 2)


def renews_keys(run: Run) -> str:
    """The keys change after they were fetched: the token call brings a token that only fresh keys verify."""
    run.sign_on()
    run.suite.before["token"] = lambda: run.suite.rotate("second")
    run.sign_on()
    run.ask_userinfo()
    return passed(run.count("jwks") == 2 and run.count("userinfo") == 1)


def signs_off(run: Run) -> str:
    """To the end_session_endpoint with hint and state, and a page of ours at the end, whatever comes back."""
    run.sign_on()
    page = run.sign_off()
    heard = [status for status, _ in run.suite.told] == [200]
    home = page.trail[-1].partition("?")[0] == f"{run.rp}/signed-off" and page.status == 200
    return passed(run.count("signoff") == 1 and heard and home and not run.signed_in)


def is_framed(run: Run) -> str:
    """The frame loads for the provider's page; the suite then asks for a person's look."""
    run.sign_on()
    run.sign_off()
    frame = run.pages[-2]
    policy = frame.header("Content-Security-Policy")
    may = f"frame-ancestors {run.suite.server.origin}" in policy and not frame.header("X-Frame-Options")
    return "REVIEW" if frame.status == 200 and may and not run.signed_in else "FAILED"


def answers(status: int) -> Judge:
    """The answer to the logout token, which no cache may keep."""

    def judge(run: Run) -> str:
        run.sign_on()
        run.sign_off()
        told = run.suite.told
        return passed([each[0] for each in told] == [status] and "no-store" in told[0][1])

    return judge


def starts_elsewhere(run: Run) -> str:
    """The suite's page sends the browser to initiate_login_uri with nothing but iss."""
    suite = run.suite.issuer
    run.sign_on(f"/sign-on/initiate?iss={suite.replace(':', '%3A').replace('/', '%2F')}", came_from=suite)
    run.ask_userinfo()
    return passed(run.count("authorize") == 1 and run.count("userinfo") == 1)


def renews(run: Run) -> str:
    """The refresh token is spent, and userinfo is asked with the new access token."""
    run.sign_on()
    run.ask_userinfo()
    run.refresh()
    run.ask_userinfo()
    tokens = [call.request.header("Authorization") for call in run.suite.ledger.of("userinfo")]
    return passed(run.count("refresh") == 1 and len(tokens) == len(set(tokens)) == 2)


def stops_after_refresh(run: Run) -> str:
    """A refreshed ID token that is wrong: nothing is asked with what came beside it."""
    run.sign_on()
    run.refresh()
    run.ask_userinfo()
    return passed(run.count("refresh") == 1 and run.count("userinfo") == 0 and not run.signed_in)
