// Keys for those who do hundreds a day. Everything works without; nothing happens while somebody types.
const rows = [...document.querySelectorAll("[data-row]")];
let here = -1;

function stand(at) {
  if (!rows.length) return;
  here = Math.max(0, Math.min(rows.length - 1, at));
  for (const one of rows) one.classList.toggle("here", one === rows[here]);
  rows[here].querySelector("a, audio, textarea")?.focus({ preventScroll: true });
  rows[here].scrollIntoView({ block: "nearest" });
}
function follow(selector) {
  const link = document.querySelector(selector);
  if (link) location.assign(link.href);
  return Boolean(link);
}
const KEYS = {
  j: () => { if (!follow("[data-key=next]")) stand(here + 1); },
  k: () => { if (!follow("[data-key=before]")) stand(here - 1); },
  x: () => rows[here]?.querySelector("input[type=checkbox]")?.click(),
  p: () => { const sound = rows[here]?.querySelector("audio"); if (sound) { if (sound.paused) sound.play(); else sound.pause(); } },
  w: () => { const more = rows[here]?.querySelector("details"); if (more) { more.open = true; more.querySelector("textarea")?.focus(); } },
  u: () => follow("[data-key=list]"),
  n: () => { location.assign("/console/enter"); },
  "/": () => { const field = document.querySelector("[data-key=search]"); if (field) { field.focus(); field.select(); } else location.assign("/console/cases"); },
  "?": () => { const help = document.querySelector("[data-keys]"); if (help) { help.open = !help.open; help.scrollIntoView({ block: "nearest" }); } },
};
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const typing = event.target.closest("input:not([type=checkbox]), textarea, select, [contenteditable]");
  if (typing) { if (event.key === "Escape") event.target.blur(); return; }
  const work = KEYS[event.key];
  if (work) { event.preventDefault(); work(); }
});
