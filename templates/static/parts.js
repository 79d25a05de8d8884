// The parts of a message on the sending page: put in, moved, dropped, and given a photograph
// without leaving the page. Without scripts a button does the same.
"use strict";

{
  const WIDE_ENOUGH = 1600;
  const QUALITY = 0.86;
  const form = document.getElementById("send");
  const place = document.getElementById("parts");
  const photos = new Map(); // As they were sent, to be cut again elsewhere.
  const asked = []; // The first is under way.
  const unsent = new Set(); // Fields with a photograph that the server does not have.
  let left = null; // The button that was pressed meanwhile.

  /* A phone's photograph is ten times larger than anything a message shows. */
  async function smaller(file) {
    try {
      const picture = await createImageBitmap(file);
      const scale = WIDE_ENOUGH / Math.max(picture.width, picture.height);
      if (scale >= 1) return file;
      const canvas = document.createElement("canvas");
      canvas.width = Math.round(picture.width * scale);
      canvas.height = Math.round(picture.height * scale);
      canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
      const made = await new Promise((done) => canvas.toBlob(done, "image/jpeg", QUALITY));
      return made ?? file;
    } catch {
      return file; // The server says in words what is wrong with it.
    }
  }

  /* Everything typed, with at most one photograph: six at once are too heavy for a market's air. */
  async function typed(press, chosen) {
    const fields = [...new FormData(form)].filter(([, value]) => typeof value === "string");
    const data = new FormData();
    for (const [name, value] of fields) data.append(name, value);
    if (press) data.append("part", press);
    const field = chosen?.name.replace(/_focus$/, "_photo");
    if (chosen?.files) photos.set(field, await smaller(chosen.files[0]));
    if (photos.has(field)) data.append(field, photos.get(field), "photo.jpg");
    return data;
  }

  /* One after another: each answer is drawn from what stood there when it was asked for. */
  async function renew(press = "", chosen = null) {
    if (chosen?.files) unsent.add(chosen);
    asked.push({ press, chosen });
    if (asked.length > 1) return;
    place.setAttribute("aria-busy", "true");
    place.inert = true;
    let is_done = true, last = asked[0];
    for (; asked.length; asked.shift()) {
      last = asked[0];
      is_done = await renewOne(last.press, last.chosen) && is_done;
    }
    place.removeAttribute("aria-busy");
    place.inert = false;
    if (!is_done) tell();
    else if (last.chosen?.name.endsWith("_focus")) lookThere(last.chosen);
    else if (last.press || last.chosen) attend(last.press, last.chosen);
    if (left) form.requestSubmit(left.isConnected ? left : null);
    left = null;
  }

  async function renewOne(press, chosen) {
    try {
      const body = await typed(press, chosen);
      const answer = await fetch("/owner/send/parts", { method: "POST", body });
      const text = await answer.text();
      if (!answer.ok && answer.status !== 422) return false;
      if (!chosen) photos.clear(); // The rows are others now.
      unsent.delete(chosen);
      place.innerHTML = text;
      for (const one of unsent) putBack(one);
      form.dispatchEvent(new Event("renewed"));
      return true;
    } catch {
      return false; // Without a network: as after any other bad answer.
    }
  }

  /* A photograph whose turn has not come, or that could not be sent, goes with the form. */
  function putBack(chosen) {
    const field = place.querySelector(`[name=${chosen.name}]`);
    if (field) field.files = chosen.files;
  }

  /* Everything stays as it is; a photograph is still in its field and goes with the form. */
  function tell() {
    place.querySelector("#trouble")?.remove();
    const said = "지금은 바꾸지 못했어요. 적으신 것은 그대로 있어요. 잠시 뒤에 다시 눌러 주세요.";
    place.insertAdjacentHTML("beforeend", `<p id="trouble" class="mistake" role="alert">${said}</p>`);
  }

  /* Where somebody goes on: at the row that was added or moved, at the photograph. */
  function attend(press, chosen) {
    const rows = place.querySelectorAll(".part");
    const act = press.replace(/\d/, ""), at = Number(press.replace(/\D/g, ""));
    const row = { add: rows.length - 1, up: at - 1, down: at + 1 }[act];
    const next = chosen
      ? place.querySelector(`[name=${chosen.name}]`).closest("details").querySelector("summary")
      : rows[row]?.querySelector(act === "add" ? "summary" : `[value^=${act}]:enabled, button:enabled`);
    (next ?? document.getElementById("parts-title"))?.focus();
  }

  /* What was pressed is pressed still: somebody may try all three. */
  function lookThere(chosen) {
    const again = place.querySelector(`[name=${chosen.name}][value=${chosen.value}]`);
    again.checked = true;
    again.closest("details").open = true;
    again.focus();
  }

  form.addEventListener("click", (event) => {
    const button = event.target.closest?.("button[name=part]");
    if (!button) return;
    event.preventDefault();
    renew(button.value);
  });
  form.addEventListener("submit", (event) => {
    if (!asked.length) return;
    event.preventDefault();
    left = event.submitter;
  });
  form.addEventListener("change", (event) => {
    const one = event.target;
    if (one.name === "way") renew();
    else if (place.contains(one) && one.type === "file" && one.files[0]) renew("", one);
    else if (place.contains(one) && one.name.endsWith("_picture")) renew("", one);
    else if (photos.has(one.name.replace(/_focus$/, "_photo"))) renew("", one);
  });
}
