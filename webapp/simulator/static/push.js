"use strict";
// Looks whether the push was answered, but never under the fingers of somebody who types the passcode.
setInterval(() => {
  const passcode = document.getElementById("otp");
  if (passcode.value === "" && document.activeElement !== passcode) {
    // Not reload(): after a wrong passcode that would post the form once more.
    location.replace(document.querySelector("main a.button").href);
  }
}, 3000);
