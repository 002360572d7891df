// Behind the screen in the lobby: the browser keeps what it last showed, so that a screen which comes back from a
// power cut before the network does has something to show. The network is always asked first.
"use strict";
const KEPT = "lobby";
const PICTURES = 40, OTHERS = 20; // at the most: nobody empties the disk of a screen
const PATIENCE = 15000; // milliseconds

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("fetch", (event) => {
  const ours = new URL(event.request.url).origin === location.origin;
  if (event.request.method === "GET" && ours) event.respondWith(answer(event));
});

async function answer(event) {
  const kept = await caches.open(KEPT);
  let found;
  try {
    found = await fetch(event.request, { signal: AbortSignal.timeout(PATIENCE) });
    if (found.ok) event.waitUntil(keep(kept, event.request, found.clone()));
    if (found.status < 500) return found;
  } catch {
    // no network
  }
  return await kept.match(event.request, { ignoreVary: true }) ?? found ?? Response.error();
}

async function keep(kept, request, found) {
  await kept.put(request, found);
  const pictures = [], others = []; // the oldest first: what is put again goes to the end
  for (const one of await kept.keys()) (one.url.includes("/photo/") ? pictures : others).push(one);
  for (const one of [...pictures.slice(0, -PICTURES), ...others.slice(0, -OTHERS)]) await kept.delete(one);
}
