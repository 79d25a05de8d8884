// Shows each call as it happens and lights the ways it took; without it a reload shows the same.
"use strict";

const HOPS_KEPT = 200;
const LIT_MS = 900;
const feed = document.querySelector("[data-stream]");
const list = feed.querySelector(".hops");
const state = feed.querySelector("[data-state]");

/** Lit again while it is lit, it stays lit. */
function light(selector, kind) {
  for (const part of feed.querySelectorAll(selector)) {
    part.classList.add(kind);
    clearTimeout(part.unlight);
    part.unlight = setTimeout(() => part.classList.remove("is-lit", "is-bad"), LIT_MS);
  }
}

function lightCall(call) {
  const kind = call.good ? "is-lit" : "is-bad";
  light(`[data-way="${call.host} 서버"]`, kind);
  light(`[data-party="${call.host}"]`, kind);
  light('[data-party="서버"]', kind);
}

function addCall(event) {
  const call = JSON.parse(event.data);
  const holder = document.createElement("template");
  holder.innerHTML = call.html;
  const line = holder.content.querySelector("li");
  line.classList.add("is-new");
  list.prepend(line);
  while (list.children.length > HOPS_KEPT) list.lastElementChild.remove();
  feed.querySelector(".hops-empty").hidden = true;
  lightCall(call);
}

function arrive(event) {
  const { count, vias } = JSON.parse(event.data);
  light('[data-party="phone"]', "is-lit");
  if (vias.some((via) => via !== "sms")) light('[data-way="phone 카카오톡"]', "is-lit");
  if (vias.includes("sms")) light('[data-way="phone 솔라피"]', "is-lit");
  state.textContent = `방금 손님의 휴대폰에 ${count.toLocaleString("ko-KR")}통이 닿았어요.`;
}

/** Headers and bodies come when somebody opens the line. */
async function open(details) {
  const holder = details.querySelector(".hop-parts");
  if (!details.open || "filled" in holder.dataset) return;
  holder.dataset.filled = "";
  const response = await fetch(details.dataset.part);
  if (response.ok) holder.innerHTML = await response.text();
  else holder.textContent = await response.text();
}

document.addEventListener("toggle", (event) => {
  if (event.target.matches("details[data-part]")) open(event.target).catch(() => {});
}, true);

const url = new URL(feed.dataset.stream, location.href);
url.searchParams.set("after", feed.dataset.after);
const stream = new EventSource(url);
stream.addEventListener("open", () => { state.textContent = "지켜보고 있어요."; });
stream.addEventListener("error", () => { state.textContent = "연결이 끊겨 다시 잇고 있어요."; });
stream.addEventListener("call", addCall);
stream.addEventListener("received", arrive);
stream.addEventListener("skipped", (event) => {
  const { count } = JSON.parse(event.data);
  state.textContent = `한꺼번에 많이 오가서 ${count.toLocaleString("ko-KR")}건은 건너뛰었어요. 새로 고치면 보여요.`;
});
