// A story grows while it happens. <... data-watch="where its state is" data-version="the state that is shown"
// data-page="a page that shows it, else this one">: when the state changes the page is fetched as a document, and its
// elements [data-grows] replace those of the same id, or, as data-grows="items", their items of the same id.
"use strict";

(() => {
  const place = document.querySelector("[data-watch]");
  if (!place) return;
  const follows = place.dataset.watch.includes("after=") || !place.dataset.watch.includes("?");
  const most = follows ? 2500 : 10000;
  let seen = place.dataset.version, before = null, pause = 1500, streamsFrom = 0;

  const sleep = (ms) => new Promise((done) => { setTimeout(done, ms); });
  const shown = () => new Promise((done) => {
    if (!document.hidden) return done();
    document.addEventListener("visibilitychange", () => done(), { once: true });
  });

  // As a document, which runs nothing: the content security policy forbids making elements from a string.
  const page = () => new Promise((done, failed) => {
    const ask = new XMLHttpRequest();
    ask.open("GET", place.dataset.page || location.href.split("#")[0]);
    ask.responseType = "document";
    ask.onload = () => (ask.status === 200 && ask.response ? done(ask.response) : failed(ask.status));
    ask.onerror = failed;
    ask.send();
  });

  const put = (fresh, here) => {
    const made = document.importNode(fresh, true);
    here.replaceWith(made);
    return made;
  };

  function growItems(list, fresh, known) {
    let last = null;
    for (const item of fresh.children) {
      const here = document.getElementById(item.id);
      if (!here) {
        const made = document.importNode(item, true);
        last ? last.after(made) : list.prepend(made);
        made.classList.add("fresh");
        announce("New step: " + (made.querySelector("h3")?.textContent || ""));
        addCopyButtons(made);
      } else if (!known || !known.getElementById(item.id)?.isEqualNode(item)) {
        addCopyButtons(put(item, here));
      }
      last = document.getElementById(item.id);
    }
    // What was shown of a step that is described differently by now, such as "this cannot be seen from here".
    for (const item of [...list.children]) if (!fresh.ownerDocument.getElementById(item.id)) item.remove();
  }

  async function grow() {
    const now = await page(), known = before;
    const state = now.querySelector("[data-version]")?.dataset.version || "";
    before = now;
    if (state && state === seen) return; // What is shown is what was fetched: from now on it is known what changes.
    seen = state || seen;
    const story = now.querySelector("[data-story]")?.dataset.story;
    if (!place.dataset.page && story !== place.dataset.story) {
      const line = document.getElementById("live-line");
      if (line) line.textContent = "A newer sign-on has begun: opening its story …";
      location.reload();
      await new Promise(() => {}); // This page is over.
    }
    for (const fresh of now.querySelectorAll("[data-grows]")) {
      const here = document.getElementById(fresh.id);
      if (!here) continue;
      if (fresh.dataset.grows === "items") growItems(here, fresh, known);
      else if (!known || !known.getElementById(fresh.id)?.isEqualNode(fresh)) addCopyButtons(put(fresh, here));
    }
    if (place.dataset.page) return;
    document.title = now.title;
    followSteps();
    document.querySelector("form[data-filter]")?.dispatchEvent(new Event("input"));
  }

  // "none": not to be read at this moment, as while a code is exchanged. What is shown stays.
  async function changed(state) {
    if (state === "none" || (state === seen && (before || !state.endsWith(".open")))) return;
    if (state !== seen) pause = 1500;
    await grow();
  }

  function address() {
    const url = new URL(place.dataset.watch, location.href);
    if (follows && place.dataset.story) url.searchParams.set("after", place.dataset.story);
    return url;
  }

  async function read() {
    const answer = await fetch(address(), { headers: { Accept: "text/plain" }, cache: "no-store" });
    return answer.ok ? answer.text() : "none";
  }

  async function ask() {
    const state = await read();
    await changed(state);
    return state;
  }

  // Until it ends. One that says nothing at its start is held back by a proxy: then it is not tried again.
  const stream = () => new Promise((done) => {
    const source = new EventSource(address());
    // A stream knows the cookies that it came with: a sign-on that begins later in another tab is not in it.
    const look = () => read().then((state) => {
      if (state !== "none" && !state.startsWith(`${place.dataset.story}.`)) end(0);
    }).catch(() => {});
    const looks = follows && place.dataset.story ? setInterval(look, 2000) : 0;
    const end = (from) => {
      clearTimeout(held);
      clearInterval(looks);
      document.removeEventListener("visibilitychange", hide);
      source.close();
      streamsFrom = from;
      done();
    };
    const hide = () => { if (document.hidden) end(0); };
    const held = setTimeout(() => end(Infinity), 4000);
    document.addEventListener("visibilitychange", hide);
    source.addEventListener("state", (event) => {
      clearTimeout(held);
      changed(event.data).catch(() => end(0));
    });
    source.addEventListener("end", () => end(0));
    source.onerror = () => end(Date.now() + 15000);
  });

  (async () => {
    for (;;) {
      await shown();
      let state = "none";
      try {
        state = await ask();
      } catch {
        pause = most;
      }
      if (state !== "none" && !state.endsWith(".open") && !follows) return;
      if (state.endsWith(".open") && window.EventSource && Date.now() >= streamsFrom) await stream();
      else {
        await sleep(pause);
        pause = Math.min(pause * 1.3, most);
      }
    }
  })();
})();
