// The forms of /me: photos go first, in pieces that may be sent again, then one call of the API does it.
// What is refused is said beside the form; what was typed stays until it is done.
const API = "/api/v1", PIECE = 1 << 20, TRIES = 4;
const pause = (ms) => new Promise((done) => setTimeout(done, ms));
const hex = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (one) => one.toString(16).padStart(2, "0")).join("");

async function call(method, path, body, more) {
  const isRaw = body instanceof Blob;
  const headers = { "X-Hemei": "1", ...more };
  if (body) headers["Content-Type"] = isRaw ? "application/octet-stream" : "application/json";
  const answer = await fetch(API + path, { method, headers, body: body && !isRaw ? JSON.stringify(body) : body });
  const said = await answer.json();
  if (!answer.ok) throw Object.assign(new Error(said.error.message), { status: answer.status, code: said.error.code });
  return said;
}

// ---- photos
const sent = new Map(); // a file, and the id under which it came
async function uploaded(file) {
  if (sent.has(file)) return sent.get(file);
  let { id, offset } = await call("POST", "/uploads", { size: file.size, type: file.type || "image/jpeg" });
  for (let tries = 0; offset < file.size;) {
    const piece = file.slice(offset, offset + PIECE);
    try {
      ({ offset } = await call("PUT", `/uploads/${id}`, piece, { "Upload-Offset": String(offset) }));
    } catch (trouble) {
      if (++tries > TRIES || (trouble.status && trouble.code !== "upload_offset")) throw trouble;
      await pause(800 * tries);
      ({ offset } = await call("GET", `/uploads/${id}`));
    }
  }
  sent.set(file, id);
  return id;
}

// ---- a form, and what of it must outlive a reload
const kept = (form) => `me${form.dataset.act}`;
function keep(form) {
  const typed = {};
  for (const one of form.querySelectorAll("textarea[name], input[name=q], input[name=reason]")) typed[one.name] = one.value;
  try { sessionStorage.setItem(kept(form), JSON.stringify({ typed, draft: form.draft })); } catch (_) { /* then not */ }
}
function restore(form) {
  let found = null;
  try { found = JSON.parse(sessionStorage.getItem(kept(form))); } catch (_) { /* nothing kept */ }
  form.draft = (found && found.draft) || hex();
  for (const [name, value] of Object.entries((found && found.typed) || {})) {
    if (form.elements[name]) form.elements[name].value = value;
  }
}

async function placed(form, body) {
  const where = new FormData(form).get("where");
  if (where) return Object.assign(body, JSON.parse(where));
  const words = form.elements.q.value.trim(), choices = form.querySelector(".choices");
  const chosen = choices.querySelector("input:checked");
  if (chosen && choices.dataset.of === words) return Object.assign(body, JSON.parse(chosen.value));
  if (!words) return body; // the words may say it; else the API asks
  const { items } = await call("GET", `/places?q=${encodeURIComponent(words)}`);
  const named = (one) => (one.unit ? { place_id: one.place_id, unit: one.unit } : { place_id: one.place_id });
  if (items.length === 1) return Object.assign(body, named(items[0]));
  choices.hidden = !items.length;
  choices.dataset.of = words;
  for (const old of choices.querySelectorAll("label")) old.remove();
  for (const one of items) {
    const label = choices.appendChild(document.createElement("label"));
    const input = label.appendChild(document.createElement("input"));
    Object.assign(input, { type: "radio", name: "choice", value: JSON.stringify(named(one)) });
    label.append(one.label);
  }
  const { none, several } = form.querySelector(".elsewhere").dataset;
  throw Object.assign(new Error(items.length ? several : none), { status: 422 });
}

async function gathered(form) {
  const body = JSON.parse(form.dataset.body);
  for (const one of form.querySelectorAll("textarea[name], input[name=reason], select[name], [data-number]:checked")) {
    const value = one.value.trim();
    if (value) body[one.name] = "number" in one.dataset ? Number(value) : value;
  }
  if (form.matches(".report")) {
    body.draft_id = form.draft;
    await placed(form, body);
  }
  const files = [...form.querySelectorAll("input[type=file]")].flatMap((one) => [...one.files]);
  if (files.length) {
    body.photos = [];
    for (const file of files) body.photos.push(await uploaded(file));
  }
  return body;
}

// What a neighbour may have told already: to join it is one tap, and nobody is sent twice.
async function sameAs(form, body) {
  const where = form.querySelector("[name=where]:checked");
  const place = body.place_id || (where && where.dataset.place);
  if (form.isOther || !place || !(body.text || body.category)) return null;
  try {
    const category = body.category || (await call("POST", "/guess", { text: body.text })).category;
    if (!category) return null;
    const { items } = await call("GET", `/reports/same?${new URLSearchParams({ place_id: place, category })}`);
    return items.find((one) => !one.mine) || null;
  } catch (_) { return null; } // then it is told as it is
}

function offer(form, one, body) {
  const box = form.querySelector(".same");
  for (const part of box.querySelectorAll("[data-is]")) part.textContent = one[part.dataset.is];
  box.hidden = false;
  box.scrollIntoView({ block: "center" });
  form.join = async () => {
    await call("POST", `/cases/${one.id}/join`, { text: body.text || "" });
    if (body.photos) await call("POST", `/cases/${one.id}/more`, { photos: body.photos });
    return one;
  };
}

function says(box, trouble) {
  box.textContent = trouble.status ? trouble.message : box.dataset.away;
  box.hidden = false;
  box.scrollIntoView({ block: "center" });
}

async function send(form, join) {
  const alert = form.querySelector("[role=alert]"), button = form.querySelector("button"), words = button.textContent;
  const busy = (is) => {
    for (const one of form.querySelectorAll("button")) one.disabled = is;
    button.textContent = is ? form.dataset.busy : words;
  };
  alert.hidden = true;
  busy(true);
  try {
    const done = await (join ? join() : told(form));
    if (!done) { busy(false); return; } // something is asked first
    try { sessionStorage.removeItem(kept(form)); } catch (_) { /* nothing kept */ }
    const then = form.dataset.then;
    if (then) location.assign(then.endsWith("/") ? then + done.id : then);
    else location.reload();
  } catch (trouble) {
    if (trouble.status === 401) { keep(form); location.reload(); return; }
    busy(false);
    says(alert, trouble);
  }
}

async function told(form) {
  const body = await gathered(form), asked = JSON.stringify(body);
  if (form.matches(".report")) {
    const same = await sameAs(form, body);
    if (same) { offer(form, same, body); return null; }
  }
  if (form.asked !== asked) Object.assign(form, { asked, key: hex() }); // a copy has the same key, another wish its own
  return call(form.dataset.method, form.dataset.act, body, { "Idempotency-Key": form.key });
}

// ---- paying: what WeChat tells this page is not believed, only what our own books say of the order
const OFTEN = 1500, SELDOM = 10000; // milliseconds
function tell(box, name) {
  for (const one of box.querySelectorAll("[data-says]")) one.hidden = one.dataset.says !== name;
  box.querySelector("button").disabled = ["ask", "wait", "held"].includes(name);
}

async function pay(box) {
  if (!window.WeixinJSBridge) { tell(box, "wechat"); return; }
  tell(box, "ask");
  let order;
  try {
    order = await call("POST", "/orders", { bill_ids: JSON.parse(box.dataset.pay) });
  } catch (trouble) {
    tell(box, "trouble");
    says(box.querySelector("[data-says=trouble]"), trouble);
    return;
  }
  let isOver = false, poke = () => {}; // looks at once when WeChat has said something
  window.WeixinJSBridge.invoke("getBrandWCPayRequest", order.payment, (answer) => {
    const said = String(answer.err_msg || "").split(":")[1] || "";
    isOver = said !== "ok";
    tell(box, said === "ok" ? "wait" : said === "cancel" ? "cancel" : "fail");
    poke();
  });
  for (let wait = OFTEN; !isOver; wait = Math.min(wait * 1.2, SELDOM)) {
    await new Promise((done) => { poke = done; setTimeout(done, wait); });
    if (isOver || document.hidden) continue;
    try {
      const now = await call("GET", `/orders/${order.id}`);
      if (now.receipt_id) { location.assign(`/me/receipts/${now.receipt_id}`); return; }
      if (now.state !== "waiting" && now.state !== "paid") { tell(box, now.state); return; }
    } catch (_) { wait = SELDOM; }
  }
}

document.addEventListener("submit", (event) => {
  const form = event.target.closest("form.act");
  if (!form) return;
  event.preventDefault();
  send(form);
});
document.addEventListener("input", ({ target }) => { if (target.form && target.form.matches(".act")) keep(target.form); });
for (const form of document.querySelectorAll("form.act")) restore(form);
for (const box of document.querySelectorAll("[data-pay]")) box.querySelector("button").addEventListener("click", () => pay(box));
for (const one of document.querySelectorAll(".act button, [data-pay] button")) one.disabled = false;
for (const form of document.querySelectorAll("form.report")) {
  form.querySelector("[data-join]").addEventListener("click", () => send(form, form.join));
  form.querySelector("[data-other]").addEventListener("click", () => { form.isOther = true; send(form); });
}
const elsewhere = document.querySelector(".elsewhere");
if (elsewhere) {
  const show = () => {
    const chosen = document.querySelector("[name=where]:checked");
    elsewhere.hidden = Boolean(chosen && chosen.value);
  };
  document.addEventListener("change", show);
  show();
}
