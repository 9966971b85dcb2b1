"""A bare Flask "hello": what a page costs before anything is on it."""

from flask import Flask

application = Flask(__name__)


@application.get("/session")
def hello() -> str:
    return "<p>hello, alice</p>"
