// The preview of an authorization request keeps up with what is typed; without script, a button renews it.
"use strict";

const form = document.querySelector("form[data-prepare]");
const shown = (name) => document.getElementById(`preview-${name}`);
let latest = 0;

async function preview() {
  const mine = ++latest;
  const asked = new URLSearchParams(new FormData(form));
  const answer = await fetch(`${form.action}?${asked}`, { headers: { Accept: "application/json" } });
  if (!answer.ok || mine !== latest) return;
  const { url, foreseen, link, start, changed } = await answer.json();
  for (const [name, text] of Object.entries({ url, link, pingone: foreseen.pingone, ours: foreseen.ours })) {
    shown(name).textContent = text;
  }
  const code = shown("code");
  code.textContent = foreseen.code;
  code.hidden = !foreseen.code;
  code.pathname = code.pathname.replace(/[^/]+$/, foreseen.code || "refused");
  if (shown("start")) shown("start").href = start;
  for (const input of form.querySelectorAll("input[id^=field-]")) {
    input.classList.toggle("changed", changed.includes(input.name));
  }
  history.replaceState(null, "", link);
}

let soon = 0;
form.addEventListener("input", () => {
  clearTimeout(soon);
  soon = setTimeout(() => preview().catch(() => {}), 250);
});
