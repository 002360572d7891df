// How far a notice has come is asked for again while something moves; without this, open the page again.
const place = document.querySelector("[data-progress]");
const OFTEN = 2000, SELDOM = 15000; // milliseconds
let pause = OFTEN;
let typing = false;
document.addEventListener("input", () => { typing = true; });

async function look() {
  if (!document.hidden) {
    try {
      const answer = await fetch(place.dataset.progress);
      if (!answer.ok) throw new Error(answer.status);
      const { live, stamp, says } = await answer.json();
      let moved = false;
      for (const one of document.querySelectorAll("[data-live]")) {
        const said = says[one.dataset.live];
        if (said === undefined) continue;
        const field = one.tagName === "PROGRESS" ? "value" : "textContent";
        if (String(one[field]) !== String(said)) { one[field] = said; moved = true; }
      }
      if (stamp !== place.dataset.stamp && !typing) { location.reload(); return; }
      if (!live) return;
      pause = moved ? OFTEN : Math.min(pause * 1.5, SELDOM);
    } catch (_) { pause = SELDOM; }
  }
  setTimeout(look, pause);
}
if (place) setTimeout(look, pause);
