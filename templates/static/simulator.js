// Keeps a phone and the record fresh and sends forms without a reload; everything works without it.
"use strict";

const LOOK_EVERY_MS = 1500;
const LOOK_SOON_MS = 60;

/** Asks for a fragment newer than the one shown; null when nothing changed. */
async function fresher(live) {
  const url = new URL(live.dataset.live, location.href);
  url.searchParams.set("version", live.dataset.version);
  const response = await fetch(url, { headers: { Accept: "text/html" } });
  if (!response.ok || response.status === 204) return null;
  const holder = document.createElement("template");
  holder.innerHTML = await response.text();
  return holder.content.querySelector("[data-version]");
}

function swapParts(screen, fresh) {
  for (const part of fresh.querySelectorAll("[data-swap]")) {
    const old = screen.querySelector(`[data-swap="${part.dataset.swap}"]`);
    if (old && old.innerHTML !== part.innerHTML) old.replaceChildren(...part.childNodes);
  }
}

/** Only new lines are added, so that carousels and what is being typed stay as they are. */
function appendLines(screen, fresh) {
  const list = screen.querySelector(".lines");
  const known = new Map([...list.children].map((line) => [line.dataset.key, line]));
  let added = false;
  for (const line of [...fresh.querySelector(".lines").children]) {
    const old = known.get(line.dataset.key);
    if (!old) {
      line.classList.add("is-new");
      list.append(line);
      added = true;
    } else if (old.className.replace(" is-new", "") !== line.className || !sameTime(old, line)) {
      old.replaceWith(line);
    }
  }
  if (added) screen.querySelector(".scroll").scrollTop = 0; // column-reverse: 0 is the newest
}

function sameTime(one, other) {
  const text = (line) => [...line.querySelectorAll("time")].map((time) => time.textContent).join();
  return text(one) === text(other);
}

function show(live, fresh) {
  const screen = live.querySelector(".screen");
  if (screen && !("replace" in fresh.dataset)) {
    swapParts(screen, fresh);
    appendLines(screen, fresh);
  } else {
    const holder = live.querySelector(".record-body") ?? live;
    holder.replaceChildren(fresh);
  }
  live.dataset.version = fresh.dataset.version;
}

const looking = new WeakSet();

async function look(live) {
  if (document.hidden || looking.has(live)) return;
  looking.add(live);
  try {
    const fresh = await fresher(live);
    if (fresh) show(live, fresh);
    live.classList.remove("is-offline");
  } catch {
    live.classList.add("is-offline");
  } finally {
    looking.delete(live);
  }
}

const lookAll = () => document.querySelectorAll("main[data-live], aside[data-live]").forEach(look);

async function send(form, submitter) {
  const body = new URLSearchParams(new FormData(form, submitter));
  if ("clear" in form.dataset) {
    if (!form.elements.words.value.trim()) return;
    form.reset();
  }
  form.closest("details")?.removeAttribute("open");
  const device = form.closest(".device");
  device?.classList.add("is-waiting");
  const answered = fetch(form.action, { method: "POST", body, redirect: "manual" });
  setTimeout(lookAll, LOOK_SOON_MS); // one's own words appear before the answer does
  try {
    await answered;
  } finally {
    device?.classList.remove("is-waiting");
    lookAll();
  }
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("form[data-live]")) return;
  event.preventDefault();
  send(form, event.submitter).catch(() => location.reload());
});

document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.removeAttribute("open");
  }
});

// Not on a real phone: there the keyboard would cover half of the chat.
if (matchMedia("(min-width: 801px)").matches) document.querySelector("#words")?.focus();

/** The world's clock runs on by itself; asked now and then, because others may push it. */
const clock = document.querySelector(".top-now");
const CLOCK_EVERY_MS = 5000;
const inSeoul = (options) => new Intl.DateTimeFormat("ko-KR", { timeZone: "Asia/Seoul", ...options });
const dayWords = inSeoul({ month: "long", day: "numeric", weekday: "long" });
const timeWords = inSeoul({ hour: "numeric", minute: "2-digit" });
let aheadMs = clock ? Date.parse(clock.dataset.now) - Date.now() : 0;

function showClock() {
  const at = new Date(Date.now() + aheadMs);
  clock.querySelector("span").textContent = dayWords.format(at);
  clock.querySelector("b").textContent = timeWords.format(at);
}

async function askClock() {
  if (document.hidden) return;
  const response = await fetch("/sim/clock");
  if (response.ok) aheadMs = Date.parse((await response.json()).now) - Date.now();
  showClock();
}

if (clock) {
  setInterval(showClock, 1000);
  setInterval(() => askClock().catch(() => {}), CLOCK_EVERY_MS);
}

setInterval(lookAll, LOOK_EVERY_MS);
