"""What PingOne adds to OpenID Connect: flows, the resume endpoint, and who holds the `ST` cookie. Copied beside `oidc`.

Hosted mode needs nothing of it. Redirectless (`pi.flow`), with a form of the host's own:

    flow, attempt = begin_flow(http, party, ask, time.time); attempts.put(attempt); cookie      start
    attempt = find(attempts, id, browser_of(cookies), time.time()); step_of(flow_of(attempt))   the form of a step
    flow, attempt = act(http, attempt, action, fields); attempts.replace(attempt)               its answer
    signed_on = finish_flow(http, party, attempts, attempt, browser, time.time)                 once flow.finished

A custom sign-on page (the client's Signon URL is a page of the host's):

    url, attempt = begin_page(http, party, ask, time.time); attempts.put(attempt); cookie; redirect to url
    flow, attempt = adopt(http, attempts, browser, flow_id, time.time); cookie                  at that page
    then find, act and finish_flow as above

`FlowRefused` means that the same form is shown again. `party.sign_off` ends PingOne's session with `ST` where our
server holds it; `end_session` does for a flow that is given up.
"""

from .errors import FlowExpired, FlowRefused, StepUnsupported
from .flow import Flow, FlowPolicyUnsupported
from .flows import act, begin_flow, end_session, finish_flow, flow_of, read, resume
from .page import adopt, begin_page
from .steps import ACTIONS, devices_of, fields_of, step_of

__all__ = [
    "ACTIONS",
    "Flow",
    "FlowExpired",
    "FlowPolicyUnsupported",
    "FlowRefused",
    "StepUnsupported",
    "act",
    "adopt",
    "begin_flow",
    "begin_page",
    "devices_of",
    "end_session",
    "fields_of",
    "finish_flow",
    "flow_of",
    "read",
    "resume",
    "step_of",
]
