// The screen in the lobby: one part after the other, and once a minute what is new. Without a network it goes
// on with what it has: nothing is ever left for a page that might not come.
"use strict";
(() => {
  const main = document.querySelector("main");
  const wait = Number(document.body.dataset.turns) * 1000;
  let place = Math.max(0, [...main.children].findIndex((part) => part.classList.contains("now")));
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
    // the next one's pictures are there before it is
    parts[(place + 1) % parts.length].querySelectorAll("img").forEach((one) => { one.loading = "eager"; });
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

  setInterval(turn, wait);
  setInterval(look, 60000);
})();
