"""The instruments of these tests notice what they are there to notice."""

from tests.support.examination import faults
from tests.support.visitor import Visitor


def test_violation_of_the_policy_is_noticed(visitor: Visitor) -> None:
    """An image from elsewhere is blocked, and the watch heard it."""
    visitor.visit("/")
    assert [] == visitor.watch.complaints
    with visitor.page.expect_console_message(lambda message: "policy: img-src" in message.text):
        visitor.page.evaluate(
            "() => document.body.append(Object.assign(new Image(), {src: 'https://elsewhere.example'}))"
        )
    assert any("img-src" in each for each in visitor.watch.complaints)
    visitor.watch.complaints.clear()


def test_failing_script_is_noticed(visitor: Visitor) -> None:
    """An exception that nobody catches is heard."""
    visitor.visit("/")
    with visitor.context.expect_event("weberror"):
        visitor.page.evaluate("() => { setTimeout(() => { throw new Error('on purpose') }) }")
    assert any("on purpose" in each for each in visitor.watch.complaints)
    visitor.watch.complaints.clear()


def test_faulty_page_is_noticed(visitor: Visitor) -> None:
    """A picture without words, a second main heading, pale text and a broad box are four faults."""
    visitor.visit("/help")
    visitor.page.evaluate("""() => {
      const main = document.querySelector("main");
      const pale = Object.assign(document.createElement("p"), {textContent: "pale", className: "pale"});
      const broad = document.createElement("pre");
      broad.textContent = "x".repeat(500);
      for (const [name, value] of [["color", "#777"], ["backgroundColor", "#888"]]) pale.style[name] = value;
      for (const [name, value] of [["overflow", "visible"], ["maxWidth", "none"]]) broad.style[name] = value;
      broad.style.width = "2000px";
      main.append(new Image(), document.createElement("h1"), pale, broad);
    }""")
    found = " ".join(faults(visitor.page))
    for fault in ("light: image-alt", "dark: color-contrast", "sticks out at 320 pixels", "2 main headings"):
        assert fault in found
