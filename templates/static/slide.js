// A coupon on its holder's phone: the slide of the shop, and a clock that runs. Both work without it.
"use strict";

const PULLED_TO = 96;
const form = document.querySelector(".slide");
const clock = document.querySelector("[data-clock]");

if (form) {
  const slide = form.querySelector("[data-slide]"), pull = slide.querySelector("input");
  slide.hidden = false;
  const otherwise = form.querySelector("summary");
  otherwise.textContent = otherwise.dataset.otherwise;
  pull.value = 0;
  let isSent = false;
  pull.addEventListener("input", () => {
    if (isSent || Number(pull.value) < PULLED_TO) return;
    isSent = true;
    pull.disabled = true;
    form.requestSubmit();
  });
  pull.addEventListener("change", () => {
    if (!isSent) pull.value = 0;
  });
}

/** The server's time, moved on by this page's own: a phone's clock may be wrong. */
function tell() {
  const at = new Date(Number(clock.dataset.clock) + performance.now());
  clock.textContent = at.toLocaleString("ko-KR", {
    timeZone: "Asia/Seoul", month: "long", day: "numeric", hour: "numeric", minute: "2-digit", second: "2-digit",
  });
}

tell();
setInterval(tell, 1000);
