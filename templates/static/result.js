// A campaign while it leaves: looks again two seconds after the last answer, and shows the whole
// page anew when it stands still or somebody has paused it. Without it the page looks by itself.
"use strict";

const EVERY_MS = 2_000, SLOWEST_MS = 30_000;
const now = document.getElementById("now");
let pause = EVERY_MS;

async function look() {
  try {
    const answer = await fetch(now.dataset.from, { cache: "no-store" });
    if (!answer.ok) throw new Error(answer.status);
    const seen = document.createElement("template");
    seen.innerHTML = await answer.text();
    const told = seen.content.querySelector("[data-state]");
    const isSame = told.dataset.state === now.querySelector("[data-state]").dataset.state;
    if (!isSame || !("moving" in told.dataset)) return location.reload();
    now.replaceChildren(seen.content);
    pause = EVERY_MS;
  } catch {
    pause = Math.min(pause * 2, SLOWEST_MS); // no network, or it fails: the numbers stay
  }
  wait();
}

function wait() {
  setTimeout(() => (document.hidden ? wait() : look()), pause);
}

wait();
