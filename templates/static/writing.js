// The sending page while somebody types: what is wrong and how it looks, a moment after the last
// letter; and how a new picture will be cut. Without scripts a button does the same.
"use strict";

const PATIENCE_MS = 350;
const SHAPE = { width: 800, height: 400 };
const DOWN = { top: 0, middle: 0.5, bottom: 1 };
const BLANK = "○";

const form = document.getElementById("send");
const body = document.getElementById("body");
const photo = document.getElementById("photo");
const crop = document.getElementById("crop");
let waiting = 0;
let asked = 0;

function typed() {
  const data = new FormData(form);
  return new URLSearchParams([...data].filter(([, value]) => typeof value === "string"));
}

async function lookAgain() {
  const turn = ++asked;
  try {
    const answer = await fetch("/owner/send/look", { method: "POST", body: typed() });
    const text = await answer.text();
    if (answer.ok && turn === asked) show(text);
  } catch {
    // Without a network the page stays as it is; its button still asks.
  }
}

function show(text) {
  const made = document.createElement("template");
  made.innerHTML = text;
  for (const part of made.content.children) {
    document.getElementById(part.id).replaceChildren(...part.childNodes);
  }
}

function lookSoon() {
  clearTimeout(waiting);
  waiting = setTimeout(lookAgain, PATIENCE_MS);
}

async function drawCrop() {
  const file = photo.files[0];
  crop.hidden = true;
  if (!file) return;
  try {
    const picture = await createImageBitmap(file);
    const scale = Math.max(SHAPE.width / picture.width, SHAPE.height / picture.height);
    const width = picture.width * scale, height = picture.height * scale;
    const down = DOWN[new FormData(form).get("focus")] ?? DOWN.middle;
    const left = (SHAPE.width - width) / 2, top = (SHAPE.height - height) * down;
    crop.getContext("2d").drawImage(picture, left, top, width, height);
    crop.hidden = false;
  } catch {
    // The server says in words what is wrong with it.
  }
}

/* One of the pictures is sent: the new one, or the one that was touched last. */
function chooseOne(target) {
  if (target.name === "picture_id") photo.value = "";
  else if (target === photo && photo.files[0]) {
    for (const one of form.querySelectorAll("[name=picture_id]")) one.checked = false;
  }
}

form.addEventListener("input", (event) => {
  chooseOne(event.target);
  if (event.target.name === "picture_id") drawCrop();
  if (event.target === photo || event.target.name === "focus") drawCrop();
  else if (event.target.name !== "name") lookSoon();
});
form.addEventListener("renewed", lookAgain);
document.documentElement.classList.add("has-script");

const blank = body.value.indexOf(BLANK);
if (blank >= 0) {
  body.focus();
  body.setSelectionRange(blank, blank + (body.value[blank + 1] === BLANK ? 2 : 1));
}
