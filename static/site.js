// Adds comfort to pages that work without it: copy buttons, times that count down, filters, waiting for a push.
// The content security policy forbids every HTML sink (trusted types 'none'), so this file only creates
// elements and sets text.
"use strict";

// Copy buttons: on every block of code with a heading, folded parts included, and on <... data-copy> for its code.
function addCopyButtons(within = document) {
  if (!navigator.clipboard) return;
  for (const place of within.querySelectorAll("[data-copy], .code")) {
    const parts = [...place.querySelectorAll("pre, :not(pre, h3, h4) > code, samp")];
    const what = place.dataset.copyName || place.querySelector("h3, h4")?.textContent;
    if (!parts.length || !(what || "copy" in place.dataset)) continue;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "copy";
    button.textContent = "Copy";
    if (what) button.setAttribute("aria-label", "Copy " + what);
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(parts.map((part) => part.textContent).join("\n").trim());
        button.textContent = "Copied";
      } catch {
        button.textContent = "Press Ctrl+C or ⌘C";
        getSelection().selectAllChildren(parts[0]);
      }
      announce(button.textContent);
      setTimeout(() => { button.textContent = "Copy"; }, 2000);
    });
    place.append(button);
  }
}

// One polite live region for the whole page.
let region = null;
function announce(words) {
  if (!region) {
    region = document.createElement("div");
    region.className = "visually-hidden";
    region.setAttribute("role", "status");
    document.body.append(region);
  }
  region.textContent = words;
}

// <time data-until datetime="...">: adds "in 59 minutes" below the time and keeps it true.
function inWords(seconds) {
  const units = [[86400, "day"], [3600, "hour"], [60, "minute"], [1, "second"]];
  const words = (amount, unit) => `${amount} ${unit}${amount === 1 ? "" : "s"}`;
  const whole = Math.abs(seconds);
  const at = Math.max(0, units.findIndex(([size]) => whole >= size));
  const [[size, unit], next] = [whole ? units[at] : units[3], units[at + 1]];
  let span = words(Math.floor(whole / size), unit);
  // "in 7 hours" for seven hours and 59 minutes would be wrong by an hour; nobody misses the seconds.
  if (size > 60 && whole % size >= next[0]) span += ` ${words(Math.floor((whole % size) / next[0]), next[1])}`;
  return seconds >= 0 ? `in ${span}` : `${span} ago`;
}

function countDown() {
  const pairs = [...document.querySelectorAll("time[data-until]")].map((time) => {
    const words = document.createElement("span");
    words.className = "until";
    time.after(words);
    return [Date.parse(time.dateTime), words];
  });
  if (!pairs.length) return;
  const tick = () => {
    for (const [at, words] of pairs) {
      const text = inWords(Math.round((at - Date.now()) / 1000));
      if (words.textContent !== text) words.textContent = text;
    }
  };
  tick();
  setInterval(tick, 1000);
}

// <form data-filter="id of a list" hidden>: shows the form and hides the items that do not contain the words
// typed or do not carry the chosen kind (data-kind, separated by spaces).
function addFilters() {
  for (const form of document.querySelectorAll("form[data-filter]")) {
    const list = document.getElementById(form.dataset.filter);
    if (!list) continue;
    const words = form.querySelector("input");
    const kind = form.querySelector("select");
    const count = form.querySelector("output");
    const apply = () => {
      const items = [...list.querySelectorAll("[data-kind]")];
      const wanted = words.value.trim().toLowerCase();
      let shown = 0;
      for (const item of items) {
        const kinds = (item.dataset.kind || "").split(" ");
        const fits = (!wanted || item.textContent.toLowerCase().includes(wanted)) &&
          (!kind || !kind.value || kinds.includes(kind.value));
        item.hidden = !fits;
        for (const link of document.querySelectorAll(`.rail a[href="#${item.id}"]`)) link.parentElement.hidden = !fits;
        if (fits) shown += 1;
      }
      count.textContent = `${shown} of ${items.length} shown`;
    };
    form.hidden = false;
    form.addEventListener("input", apply);
    form.addEventListener("submit", (event) => event.preventDefault());
    addEventListener("reveal", (event) => {
      if (!event.target.closest("[data-kind][hidden]")) return;
      form.reset();
      apply();
    });
    apply();
  }
}

// <button data-folds="id of the steps">: of each step its first line only. A link to a step opens that one.
function addFolding() {
  for (const button of document.querySelectorAll("[data-folds]")) {
    const steps = document.getElementById(button.dataset.folds);
    button.addEventListener("click", () => {
      for (const step of steps.querySelectorAll(".unfolded")) step.classList.remove("unfolded");
      button.textContent = steps.classList.toggle("folded") ? "Unfold all" : "Fold all";
    });
    addEventListener("reveal", ({ target }) => target.closest(".folded > *")?.classList.add("unfolded"));
  }
}

// A link to a part that is filtered out or folded shows it, even when the address has named it before.
function landWhereLinked() {
  const show = () => {
    const part = document.getElementById(location.hash.slice(1));
    if (!part) return;
    part.dispatchEvent(new Event("reveal", { bubbles: true }));
    for (let at = part.closest("details"); at; at = at.parentElement.closest("details")) at.open = true;
    part.scrollIntoView();
  };
  addEventListener("hashchange", show);
  document.addEventListener("click", (event) => {
    const link = event.target.closest('a[href^="#"]');
    if (link && (link.hash ?? link.getAttribute("href")) === location.hash) show();
  });
  if (location.hash) show();
}

// The rail of a story: the step that is read is marked, and stays in view.
function followSteps() {
  const rail = document.querySelector(".rail");
  if (!rail) return;
  const links = new Map([...rail.querySelectorAll("a")].map((link) => [link.hash.slice(1), link]));
  const seen = new Set();
  const watcher = new IntersectionObserver((entries) => {
    for (const each of entries) seen[each.isIntersecting ? "add" : "delete"](each.target.id);
    const [first] = [...links.keys()].filter((id) => seen.has(id));
    for (const [id, link] of links) {
      if (id !== first) link.removeAttribute("aria-current");
      else if (!link.hasAttribute("aria-current")) {
        link.setAttribute("aria-current", "step");
        // Scrolls the rail only: scrollIntoView would move the page under its reader too.
        const [box, at] = [rail.getBoundingClientRect(), link.getBoundingClientRect()];
        if (at.top < box.top || at.bottom > box.bottom) rail.scrollTop += at.top - box.top - box.height / 2;
        if (at.left < box.left || at.right > box.right) rail.scrollLeft += at.left - box.left - box.width / 2;
      }
    }
  }, { rootMargin: "-15% 0px -55% 0px" });
  for (const id of links.keys()) {
    const step = document.getElementById(id);
    if (step) watcher.observe(step);
  }
}

// Point at a masked value and every other place where the same value travels is outlined.
function linkMasks() {
  const tagOf = (mask) => mask?.dataset.tag || mask?.textContent.match(/#([0-9a-f]{6})/)?.[1];
  for (const [event, on] of [["pointerover", true], ["pointerout", false]]) {
    document.addEventListener(event, ({ target }) => {
      const tag = tagOf(target.closest?.(".mask"));
      if (!tag) return;
      for (const each of document.querySelectorAll(".mask")) if (tagOf(each) === tag) each.classList.toggle("same", on);
    });
  }
}

// <main data-poll="3" data-status="PUSH_CONFIRMATION_REQUIRED">: asks for this page again until its status changes,
// so that a person who waits for a push keeps their place. Without script, the page reloads itself.
function waitForPush() {
  const waiting = document.querySelector("[data-poll]");
  if (!waiting) return;
  const pause = Math.max(2, Number(waiting.dataset.poll)) * 1000;
  const unchanged = `data-status="${waiting.dataset.status}"`;
  const ask = async () => {
    if (document.hidden) return void setTimeout(ask, pause);
    try {
      const answer = await fetch(location.href, { headers: { Accept: "text/html" }, cache: "no-store" });
      if (answer.redirected) return void location.assign(answer.url);
      if (!(await answer.text()).includes(unchanged)) return void location.reload();
    } catch {
      return void location.reload();
    }
    setTimeout(ask, pause);
  };
  setTimeout(ask, pause);
}

// A form is sent once: a second press while the answer is on its way would post a spent one-time passcode. A visitor who
// stops a slow answer can press again; the server then waits for its first question and asks no second one.
function sendOnce() {
  const free = (words) => {
    for (const form of document.querySelectorAll("form[data-sent]")) {
      delete form.dataset.sent;
      const note = form.querySelector(".waiting, .waited");
      if (!words) note?.remove();
      else if (note) [note.textContent, note.className] = [words, "small waited"];
    }
  };
  for (const form of document.querySelectorAll("form[method=post]")) {
    form.addEventListener("submit", (event) => {
      if (form.dataset.sent) return event.preventDefault();
      form.dataset.sent = "yes";
      setTimeout(() => { if (form.dataset.sent) sayWaiting(form); }, 700);
      // Some browsers do not tell a page that its navigation was stopped.
      setTimeout(() => { if (form.dataset.sent) free("No answer so far. You can send it again."); }, 10000);
    });
  }
  const stopped = () => free("Stopped. You can send it again.");
  globalThis.navigation?.addEventListener("navigateerror", stopped);
  addEventListener("keydown", (event) => { if (event.key === "Escape") stopped(); });
  addEventListener("pageshow", () => free(""));
}

function sayWaiting(form) {
  const note = form.querySelector(".waited") || form.appendChild(document.createElement("p"));
  note.className = "waiting small";
  note.setAttribute("role", "status");
  note.textContent = "The answer is on its way. It is not asked for twice.";
}

// <form data-submit>: the last step of sign-off, which sends itself; without script its button does.
function submitAtOnce() {
  const form = document.querySelector("form[data-submit]");
  if (form) form.requestSubmit();
}

// A page of a session that the browser kept whole is blank when the back button brings it out again, and asked for again:
// after sign-off it would show what it showed. WebKit keeps pages of plain http although they say no-store.
function forgetPrivatePages() {
  if (!("private" in document.body.dataset)) return;
  addEventListener("pagehide", () => { document.documentElement.hidden = true; });
  addEventListener("pageshow", (event) => {
    if (event.persisted) location.reload();
    else document.documentElement.hidden = false;
  });
}

forgetPrivatePages();
addCopyButtons();
countDown();
addFilters();
addFolding();
landWhereLinked();
followSteps();
linkMasks();
waitForPush();
sendOnce();
submitAtOnce();
