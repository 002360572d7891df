// The screen in the lobby: one part after the other, and once a minute what is new. Without a network it goes
// on with what it has, and says how old that is; screen.js keeps it for when the power was gone as well.
"use strict";
(() => {
  const main = document.querySelector("main");
  const wait = Number(document.body.dataset.turns) * 1000;
  let place = Math.max(0, [...main.children].findIndex((part) => part.classList.contains("now")));
  const OLD = 5; // minutes: with a network it is never so old
  let newer = null;

  function turn() {
    if (newer) {
      document.querySelector("header").replaceWith(newer.querySelector("header"));
      main.replaceChildren(...newer.querySelector("main").children);
      newer = null;
    }
    const parts = [...main.children];
    place = (place + 1) % parts.length;
    parts.forEach((part, at) => part.classList.toggle("now", at === place));
    age();
    // the next one's pictures are there before it is
    parts[(place + 1) % parts.length].querySelectorAll("img").forEach((one) => { one.loading = "eager"; });
  }

  function age() {
    const said = document.querySelector("header .old");
    const at = Date.parse(document.querySelector("header time").dateTime);
    const minutes = Math.floor((Date.now() - at) / 60000), hours = Math.floor(minutes / 60);
    said.hidden = minutes < OLD;
    const [count, of] = hours < 1 ? [minutes, "minutes"] : hours < 48 ? [hours, "hours"] : [Math.floor(hours / 24), "days"];
    said.querySelector("span").textContent = `${count}${said.dataset[of]}`;
  }

  async function keep() {
    const workers = navigator.serviceWorker;
    if (!workers) return;
    const again = Boolean(workers.controller);
    await workers.register(`${location.pathname}.js`, { scope: location.pathname, updateViaCache: "none" });
    if (again) return;
    // this page came before there was anybody to keep it
    if (!workers.controller) await new Promise((done) => workers.addEventListener("controllerchange", done, { once: true }));
    const parts = [...document.querySelectorAll("link[rel=stylesheet], script[src], img")].map((one) => one.href ?? one.src);
    for (const one of [location.href, ...parts]) if (!one.startsWith("data:")) await fetch(one);
    document.body.dataset.kept = "";
  }

  async function look() {
    try {
      const answer = await fetch(location.href, { signal: AbortSignal.timeout(20000) });
      if (!answer.ok) return;
      const found = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (found.querySelector("main > .part")) newer = found;
    } catch {
      // no network: what stands there stays, with the hour of which it is
    }
  }

  age();
  keep().catch(() => {}); // an old browser keeps nothing, and shows what it gets
  setInterval(turn, wait);
  setInterval(look, 60000);
})();
