"""What each step of a sign-on does and why, for the people who read its trace.

The actions of a flow are in `flow_explanations`.
"""

from collections.abc import Mapping

from . import explanation as at
from .explanation import Explanation
from .page_explanations import PAGES

STEPS: Mapping[str, Explanation] = {
    "start": Explanation(
        "Begin a sign-on",
        "The browser asks this application to sign it on.",
        "It is a link and not a form, because Chromium applies form-action to every redirect that follows.",
        at.FORM_ACTION,
    ),
    "prepare": Explanation(
        "Look at the request before it is made",
        "The browser asks for the authorization request, explained parameter by parameter.",
        "Nothing has been sent to PingOne yet; values that are made per sign-on appear once it begins.",
        at.CODE_REQUEST,
    ),
    "initiate": Explanation(
        "Begin a sign-on that PingOne asked for",
        "The application portal sends the browser here with the issuer and, maybe, a login hint.",
        "Anybody can make such a link, so the issuer must be ours and a fresh state, nonce and verifier are "
        "made as always.",
        at.CORE_INITIATE,
    ),
    "discovery": Explanation(
        "Read PingOne’s metadata",
        "The application reads the endpoints and abilities of the configured issuer and checks that "
        "the issuer matches exactly.",
        "Endpoints never come from a browser; the document is cached, so most sign-ons need no request for it.",
        at.DISCOVERY,
    ),
    "jwks": Explanation(
        "Read PingOne’s public keys",
        "The application reads the keys that PingOne signs tokens with.",
        "Only these keys can verify an ID token; if none fits, they are fetched once more, because keys are rotated.",
        at.JWKS,
    ),
    "par": Explanation(
        "Push the authorization request",
        "The application sends the request’s parameters to PingOne itself and gets a request_uri for a single use.",
        "The parameters do not travel through the browser, where they could be read or changed.",
        at.PAR,
    ),
    "authorize": Explanation(
        "Send the browser to PingOne",
        "The browser takes the authorization request to PingOne: who asks, for what, where to send "
        "the answer, and the challenge.",
        "The state binds the answer to this browser, the nonce binds the ID token to this request, and the challenge "
        "binds the code to a verifier that never passes through the browser.",
        at.AUTHORIZE,
    ),
    "authorize_by_server": Explanation(
        "Ask PingOne for a flow",
        "Our server sends the authorization request with response_mode=pi.flow and gets a flow instead of a redirect.",
        "The application wants to draw the form itself, so no browser is redirected; the challenge is sent as always.",
        at.BROWSERLESS,
    ),
    "pingone_page": Explanation(
        "PingOne’s own sign-on page",
        "The browser opens the page on which PingOne asks for user name and password.",
        "In hosted mode the password goes to PingOne only; this application never sees it.",
        at.FLOWS,
    ),
    "pingone_form": Explanation(
        "The form of PingOne’s page",
        "The browser posts what was typed to PingOne, which answers with the next page or with where to go on.",
        "The client that sends the credentials gets the cookie ST, PingOne’s session: here that is the browser, so it "
        "can resume, and is signed on for other applications too.",
        at.FLOWS,
    ),
    "sign_on_page": Explanation(
        "PingOne hands the flow to our page",
        "PingOne sends the browser to the application’s own sign-on page with the environment id and the flow id.",
        "A flow id alone proves nothing: the page accepts it only from a browser that began a sign-on here.",
        at.BROWSERLESS,
    ),
    "step": Explanation(
        "Answer the form",
        "The browser sends what was typed into our form.",
        "The form is bound to the browser by a cookie, and what was typed goes on to PingOne and is not kept.",
        at.FLOWS,
    ),
    "flow_read": Explanation(
        "Read the flow",
        "The application asks PingOne which step the flow has reached.",
        "The status and its links say which form to draw next; each read also gives the flow another 15 minutes.",
        at.FLOWS,
    ),
    "flow_action": Explanation(
        "Take a step in the flow",
        "The application posts an action to the flow.",
        "The address is always the flow’s own; the Content-Type says which action is meant.",
        at.FLOW_ACTIONS,
    ),
    "resume_json": Explanation(
        "Resume: exchange the finished flow for a code",
        "Our server calls the resume endpoint with the ST cookie and reads the authorization code from the "
        "JSON answer.",
        "The flow began with response_mode=pi.flow, so PingOne answers the caller instead of redirecting a "
        "browser; the ST cookie proves that the caller is the one who signed on.",
        at.RESUME,
    ),
    "resume_redirect": Explanation(
        "Resume: exchange the finished flow for a code",
        "Our server calls the resume endpoint with the ST cookie and reads the code from the Location of the redirect.",
        "The flow began as a redirect, so the code comes as one; it is read and not followed, and must point "
        "at our own redirect URI exactly.",
        at.RESUME,
    ),
    "resume_refused": Explanation(
        "Resume: PingOne gives no code",
        "Our server called the resume endpoint, and the answer holds no authorization response.",
        "A flow that is unfinished, expired or finished by another client must not yield a code.",
        at.RESUME,
    ),
    "resume_of_browser": Explanation(
        "Resume: PingOne’s page finishes the flow",
        "The browser opens the resume endpoint with the ST cookie that PingOne’s page set.",
        "In hosted mode the cookie is the browser’s, so only the browser can resume; this application sees "
        "the redirect that follows.",
        at.RESUME,
    ),
    "resume_by_browser": Explanation(
        "The browser hands a finished flow back",
        "The browser brings a flow id to this application, which calls the resume endpoint for it.",
        "That works only for a flow whose ST cookie our server holds, in the browser that it belongs to.",
        at.RESUME,
    ),
    "callback": Explanation(
        "The authorization response arrives",
        "The browser brings code and state, or an error, to the redirect URI.",
        "Everything in it came through the browser, so state and issuer are checked before the code is "
        "looked at, and the attempt is used up whatever the outcome.",
        at.CODE_RESPONSE,
    ),
    "token": Explanation(
        "Exchange the code for tokens",
        "Our server sends the code with the verifier and gets the tokens; then it checks the ID token.",
        "PingOne hashes the verifier and compares it with the challenge, so a stolen code is of no use to anyone else.",
        at.PKCE,
    ),
    "refresh": Explanation(
        "Refresh the tokens",
        "Our server exchanges the refresh token for new tokens, the next refresh token among them.",
        "PingOne rotates refresh tokens: reuse of an old one revokes them all, so only one request may refresh.",
        at.REFRESH,
    ),
    "token_other": Explanation(
        "Call the token endpoint",
        "Our server called the token endpoint with a grant type that this application does not use.",
        "Only the authorization code and the refresh token are used here.",
        at.TOKEN_ENDPOINT,
    ),
    "userinfo": Explanation(
        "Ask for the user’s claims",
        "Our server reads the user’s claims with the access token.",
        "The subject must be that of the ID token; otherwise the claims are another user’s and are dropped.",
        at.CORE_USERINFO,
    ),
    "introspect": Explanation(
        "Ask PingOne about a token",
        "Our server asks PingOne whether a token is active, and for whom and what it was issued.",
        "A verified signature shows what was true when the token was issued; introspection shows whether it still is.",
        at.INTROSPECT,
    ),
    "revoke": Explanation(
        "Revoke a token",
        "Our server asks PingOne to revoke a token that will not be used any more.",
        "A token that is no longer needed should not stay valid until it expires.",
        at.REVOKE,
    ),
    "sign_off": Explanation(
        "Sign off here",
        "The browser asks this application to end the session.",
        "Our own session ends first, whatever PingOne answers.",
        at.LOGOUT,
    ),
    "signoff": Explanation(
        "Sign off at PingOne",
        "PingOne is asked to end its session, with the ID token as a hint and the address to return to.",
        "Without it the next sign-on would be silent; the ST cookie is in the browser after a hosted sign-on, so the "
        "browser is sent; after one that our server drove, our server makes the request.",
        at.SIGNOFF,
    ),
    "signed_off": Explanation(
        "Back from signing off",
        "PingOne sends the browser back, with the state that we gave it.",
        "The state shows that this is the answer to our own sign-off; the session had ended before the browser left.",
        at.LOGOUT,
    ),
    "sign_off_by_pingone": Explanation(
        "PingOne signs the user off",
        "PingOne notifies this application that a session has ended.",
        "Signing off in one application can end the session in all of them.",
        at.BACK_CHANNEL,
    ),
    "session": Explanation(
        "Use the session",
        "The browser asks this application for something that needs the session.",
        "The session is named by a cookie; tokens stay on the server.",
        at.SESSION,
    ),
    **PAGES,
    "check": Explanation(
        "Check before anything is sent",
        "The application checked what the browser brought, and made no call.",
        "Nothing may rely on a response that has not passed its checks.",
        at.INJECTION,
    ),
    "other": Explanation(
        "Another request",
        "A request that is not part of a usual sign-on.",
        "It is listed so that the trace is complete.",
        at.CODE_REQUEST,
    ),
}
