"""Failures that only PingOne's flows have. The families and their root are in `oidc/errors.py`."""

from typing import Any

from ..oidc.errors import ProviderError, Said, TheySaid, WeFound, YoursToMend
from .flow import Flow
from .platform_error import Problem


class FlowRefused(TheySaid):
    """A step was answered with a platform error: the flow stands where it stood and the form is shown again."""

    code = "flow_refused"
    status = 422
    title = "PingOne did not accept what was entered"
    sentence = "PingOne did not accept what was entered. Nothing was lost: the sign-on goes on where it was."
    hint = "details[].code and details[].target of PingOne's answer say what was wrong."

    def __init__(self, problem: Problem, **more: Any) -> None:
        super().__init__(problem.first_code, said=Said(problem.first_code, problem.message), **more)
        self.problem = problem


class FlowPending(ProviderError):
    """Resume was called, and PingOne says that the flow still waits for a step."""

    def __init__(self, flow: Flow) -> None:
        super().__init__(f"resume answered {flow.status} without a code")
        self.flow = flow


class FlowExpired(TheySaid):
    code = "flow_expired"
    status = 400
    title = "This sign-on has expired at PingOne"
    sentence = "PingOne keeps an unfinished sign-on for 15 minutes. This one is over."
    hint = "The flow answers 404 NOT_FOUND after 15 minutes without a step."


class ResumeForeignLocation(WeFound):
    code = "resume_foreign_location"
    title = "The resume answer points somewhere else"
    sentence = "PingOne's answer would have led away from this application, so it was not followed."
    hint = "The Location of the resume answer must be the registered redirect URI, to the letter."


class ResumeNoCookie(WeFound):
    code = "resume_no_cookie"
    status = 400
    title = "This sign-on cannot be finished from here"
    sentence = "This browser holds no unfinished sign-on that this application could finish."
    hint = "Only who holds PingOne's ST cookie may call resume. In hosted mode that is the browser itself."


class StepUnsupported(YoursToMend):
    code = "step_unsupported"
    status = 400
    title = "This step needs PingOne's own page"
    sentence = "PingOne asks for something that only its own sign-on page can do."
    hint = "Start the same sign-on in hosted mode."
