// How many people news is for, a moment after a tap. Without scripts a button does the same.
"use strict";

{
  const PATIENCE_MS = 250;
  const place = document.querySelector("[data-people]");
  const count = document.getElementById("people-count");
  const form = place?.closest("form");
  let waiting = 0;
  let asked = 0;

  function chosen() {
    const data = [...new FormData(form)].filter(([, value]) => typeof value === "string");
    return new URLSearchParams(data);
  }

  async function countAgain() {
    const turn = ++asked;
    count.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch("/owner/send/people", { method: "POST", body: chosen() });
      const text = await answer.text();
      if (answer.ok && turn === asked) count.innerHTML = text;
    } catch {
      // Without a network the page stays as it is; its button still asks.
    }
    if (turn === asked) count.removeAttribute("aria-busy");
  }

  form?.addEventListener("input", (event) => {
    if (!place.contains(event.target) && event.target.name !== "way") return;
    clearTimeout(waiting);
    waiting = setTimeout(countAgain, PATIENCE_MS);
  });
  document.documentElement.classList.add("has-script");
}
