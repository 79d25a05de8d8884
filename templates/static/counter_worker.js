// Opens the counter when there is no network: keeps its empty page and what that is made of.
// Nothing else is kept, and nothing is kept from being asked anew while there is a network.
"use strict";

const SHELL = "/owner/counter/shell";
const STATIC = "/static/";
const KEPT = `counter-${new URL(location.href).searchParams.get("v")}`;

async function fill() {
  const shell = await fetch(SHELL, { credentials: "same-origin" });
  if (!shell.ok || shell.redirected) throw new Error("no shell");
  const parts = (await shell.clone().text()).match(/\/static\/[^"]+/g) ?? [];
  const cache = await caches.open(KEPT);
  await cache.addAll([...new Set(parts)]);
  await cache.put(SHELL, shell);
}

async function forgetOthers() {
  for (const name of await caches.keys()) {
    if (name.startsWith("counter-") && name !== KEPT) await caches.delete(name);
  }
  await clients.claim();
}

async function fromNetworkOrKept(request, key) {
  try {
    return await fetch(request);
  } catch (error) {
    const found = await (await caches.open(KEPT)).match(key);
    if (found) return found;
    throw error;
  }
}

addEventListener("install", (event) => {
  skipWaiting();
  event.waitUntil(fill());
});
addEventListener("activate", (event) => event.waitUntil(forgetOthers()));
addEventListener("fetch", (event) => {
  const { request } = event, url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  if (request.mode === "navigate") event.respondWith(fromNetworkOrKept(request, SHELL));
  else if (url.pathname.startsWith(STATIC)) event.respondWith(fromNetworkOrKept(request, request));
});
