"use strict";
// https://openid.net/specs/openid-connect-session-1_0.html#OPiframe: "client_id session_state" is asked, one word told.
async function judged(told, origin) {
  const [clientId, sessionState, more] = String(told).split(" ");
  const [digest, salt] = (sessionState || "").split(".");
  if (!clientId || !digest || !salt || more !== undefined) return "error";
  const { state } = await (await fetch("checksession/state", { credentials: "same-origin" })).json();
  const bytes = new TextEncoder().encode(`${clientId} ${origin} ${state} ${salt}`);
  const found = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  const hex = Array.from(found, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex === digest ? "unchanged" : "changed";
}
addEventListener("message", async (event) => {
  const answer = await judged(event.data, event.origin).catch(() => "error");
  event.source.postMessage(answer, event.origin);
});
