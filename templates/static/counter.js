// The counter when the network is gone: what was typed waits in this phone and is sent later.
// With a network it only saves a look at the browser's own error page; without scripts the form
// is an ordinary form.
"use strict";

const PATIENCE_MS = 8_000;
const SEND_EVERY_MS = 15_000;
const LIST_MAX = 50;
const CODE_DIGITS = 4;
const PHONE_DIGITS = [10, 11, 12];

const TILL = { ...document.getElementById("till").dataset };
const PLACE = `dangol-counter-${TILL.shop}`;
let isBusy = false, isSending = false;

/** {waiting: entries, refused: lines}; phone numbers stand only among those that wait. */
function kept() {
  try {
    return { waiting: [], refused: [], ...JSON.parse(localStorage.getItem(PLACE) ?? "{}") };
  } catch {
    return { waiting: [], refused: [] };
  }
}

function keep(list) {
  if (list.waiting.length || list.refused.length) localStorage.setItem(PLACE, JSON.stringify(list));
  else localStorage.removeItem(PLACE);
}

function newKey() {
  return [...crypto.getRandomValues(new Uint8Array(8))]
    .map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

const digitsOf = (who) => who.replace(/[^0-9]/g, "");

function masked(who) {
  const digits = digitsOf(who);
  return digits.length > CODE_DIGITS ? `${digits.slice(0, 3)}-****-${digits.slice(-4)}` : digits;
}

const timeOf = (at) => new Date(at).toLocaleTimeString("ko-KR", { hour: "numeric", minute: "2-digit" });

function lineOf(one) {
  const line = document.getElementById("line").content.firstElementChild.cloneNode(true);
  line.querySelector("[data-who]").textContent = masked(one.who);
  line.querySelector("[data-when]").textContent = timeOf(one.at);
  line.querySelector("[data-why]").textContent = one.why ?? "";
  return line;
}

function draw() {
  const list = kept();
  for (const name of ["waiting", "refused"]) {
    const section = document.getElementById(name);
    if (!section) continue;
    section.hidden = !list[name].length;
    section.querySelector(".lines").replaceChildren(...list[name].map(lineOf));
    const count = section.querySelector("[data-count]");
    if (count) count.textContent = list[name].length;
  }
}

function say(template, count) {
  const line = document.getElementById("sent");
  if (!line) return;
  line.textContent = document.getElementById(template).innerHTML.replace("#", count);
  line.hidden = false;
}

/** Takes what the form says into the list; the answer of the server will come later. */
function wait(form) {
  const { key, who, items, spend_won: spend } = Object.fromEntries(new FormData(form));
  const count = digitsOf(who).length, isSound = count === CODE_DIGITS || PHONE_DIGITS.includes(count);
  document.getElementById("shape").hidden = isSound;
  if (!isSound) return;
  const list = kept();
  if (!list.waiting.some((one) => one.key === key)) {
    list.waiting.push({ key, who, items: items ?? "", spend_won: spend ?? "", at: Date.now() });
  }
  try {
    keep(list);
  } catch {
    say("lost-words", 0);
    return;
  }
  form.reset();
  form.elements.who.value = "";
  form.elements.key.value = newKey();
  draw();
}

/** A refusal or a coupon: the same page with other words. */
function showAnswer(page) {
  const main = new DOMParser().parseFromString(page, "text/html").querySelector("main");
  document.querySelector("main").replaceWith(main);
  scrollTo(0, 0);
  draw();
  (main.querySelector("[aria-invalid]") ?? main.querySelector("button.main"))?.focus();
}

async function press(form) {
  const button = form.querySelector(".till-press");
  button.disabled = true;
  try {
    const answer = await fetch(form.action, {
      method: "POST", body: new URLSearchParams(new FormData(form)), signal: AbortSignal.timeout(PATIENCE_MS),
    });
    if (answer.status >= 500) throw new Error(answer.status);
    if (answer.redirected) location.assign(answer.url);
    else showAnswer(await answer.text());
  } catch {
    wait(form); // it may have been stamped: the same key is asked for again, and is stamped once
  } finally {
    button.disabled = false;
  }
}

/** A page kept for no network has an old token; null when nobody is signed in any more. */
async function freshToken() {
  const answer = await fetch(TILL.shell, { signal: AbortSignal.timeout(PATIENCE_MS) });
  if (answer.status >= 500) throw new Error(answer.status);
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  return page.querySelector("[name=csrf]")?.value ?? null;
}

function sayWhoIsHere(isKnown) {
  for (const words of document.querySelectorAll("#waiting [data-words]")) {
    words.hidden = (words.dataset.words === "stranger") === isKnown;
  }
}

async function send() {
  const waiting = kept().waiting.slice(0, LIST_MAX);
  if (isSending || !waiting.length) return;
  isSending = true;
  try {
    const csrf = await freshToken();
    sayWhoIsHere(csrf !== null);
    if (csrf === null) return;
    const sent = waiting.map(({ at, ...one }) => (
      { ...one, seconds_ago: Math.max(0, Math.round((Date.now() - at) / 1000)) }
    ));
    const answer = await fetch(TILL.list, {
      method: "POST",
      body: new URLSearchParams({ csrf, list: JSON.stringify(sent) }),
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    if (answer.ok) await settle(await answer.json());
  } catch {
    // Nobody knows what arrived: all of it stays, and is sent again under the same keys.
  } finally {
    isSending = false;
  }
}

/** What was answered leaves the list; refused lines stay to be read, without the number. */
async function settle(answers) {
  const list = kept();
  for (const { key, is_saved: isSaved, words } of answers) {
    const one = list.waiting.find((entry) => entry.key === key);
    if (one && !isSaved) list.refused.push({ who: masked(one.who), at: one.at, why: words });
    list.waiting = list.waiting.filter((entry) => entry.key !== key);
  }
  keep(list);
  draw();
  const saved = answers.filter((one) => one.is_saved).length;
  if (!saved) return;
  say("sent-words", saved);
  const page = await (await fetch("/owner/counter")).text();
  const today = new DOMParser().parseFromString(page, "text/html").getElementById("today");
  if (today) document.getElementById("today")?.replaceWith(today);
}

document.addEventListener("submit", async (event) => {
  if (event.target.id !== "till") return;
  event.preventDefault();
  if (isBusy) return;
  isBusy = true;
  await press(event.target);
  isBusy = false;
});
document.addEventListener("click", (event) => {
  if (!event.target.closest("#refused button")) return;
  keep({ ...kept(), refused: [] });
  draw();
});
addEventListener("pageshow", (event) => {
  const form = document.getElementById("till");
  if (event.persisted && form) form.elements.key.value = newKey();
});
addEventListener("online", send);
addEventListener("storage", draw);
setInterval(send, SEND_EVERY_MS);
draw();
send();
navigator.serviceWorker?.register(TILL.worker, { scope: "/owner/counter" }).catch(() => {});
