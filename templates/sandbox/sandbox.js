"use strict";
/* The phones: what people do goes to api/phones/<id>/<verb>, what changed comes back by a long poll. */

const views = new Map();
const shown = new Set();
let change = 0;
let started = false;

const TROUBLES = {
  "nothing-sent": "这部手机还没有发过东西",
  "not-following": "还没有关注服务号",
  "not-staff": "只有工作人员的企业微信里可以",
  "code-over": "这个二维码已经过期",
  gone: "这条消息已经不在了",
  refused: "这个群发任务已经取消了",
};

async function call(path, data) {
  const options = data === undefined ? {} : { method: "POST", body: JSON.stringify(data) };
  const answer = await fetch(`api/${path}`, options);
  const found = await answer.json();
  if (!answer.ok) throw new Error(TROUBLES[found.code] || `没成：${found.error || answer.statusText}`);
  return found;
}

class View {
  constructor(phone) {
    this.phone = phone;
    this.drawn = new Map();
    this.latest = 0;
    this.news = false;
    const root = document.getElementById("phone").content.cloneNode(true).firstElementChild;
    root.classList.add(phone.kind);
    root.dataset.phone = phone.id;
    this.root = root;
    this.at = (selector) => root.querySelector(selector);
    this.at(".owner-name").textContent = phone.name;
    this.at(".owner-note").textContent = phone.note;
    this.at(".words").placeholder = phone.kind === "group" ? "邻居们说话（服务器看不到）" : "";
    this.act = { open: (url) => this.open(url), verb: (name, data) => this.verb(name, data) };
    this.wire();
  }

  wire() {
    const words = this.at(".words");
    const send = this.at(".send");
    const more = this.at(".more");
    words.addEventListener("input", () => {
      send.hidden = !words.value;
      more.hidden = Boolean(words.value);
    });
    this.at(".say").addEventListener("submit", (event) => {
      event.preventDefault();
      const text = words.value.trim();
      if (!text) return;
      words.value = "";
      words.dispatchEvent(new Event("input"));
      this.verb("text", { text });
    });
    more.addEventListener("click", () => this.extras(this.at(".extras").hidden));
    this.at(".voice").addEventListener("click", () => this.verb("voice", { seconds: 4 }));
    this.at(".voice").hidden = this.phone.kind === "group";
    more.hidden = this.phone.kind === "group";
    this.at(".follow").addEventListener("click", () => this.verb("follow", {}));
    this.at(".scan-first").addEventListener("click", () => this.askScan());
    this.at(".browser .close").addEventListener("click", () => {
      this.at(".browser").hidden = true;
      this.at("iframe").src = "about:blank";
    });
    this.at("iframe").addEventListener("load", () => this.framed());
    const extras = this.at(".extras");
    const offer = (mark, text, does) => {
      const button = make("button", "", text);
      button.type = "button";
      button.dataset.mark = mark;
      button.addEventListener("click", () => {
        this.extras(false);
        does();
      });
      extras.append(button);
    };
    offer("坏", "坏灯照片", () => this.sample("broken.jpg"));
    offer("好", "修好照片", () => this.sample("mended.jpg"));
    offer("图", "自己的照片", () => this.ownPhoto());
    offer("位", "位置", () => this.here());
    if (this.phone.kind === "resident") {
      offer("扫", "扫一扫", () => this.askScan());
      offer("阅", "同意订阅", () => this.askSubscribe());
      offer("取", "取消关注", () => this.verb("unfollow", {}));
    }
    offer("复", "再送一遍", () => this.verb("resend", {}));
  }

  extras(open) {
    this.at(".extras").hidden = !open;
    this.at(".more").setAttribute("aria-expanded", String(open));
    if (open) this.scroll();
  }

  async verb(name, data) {
    try {
      const seen = await call(`phones/${encodeURIComponent(this.phone.id)}/${name}`, data);
      if (seen.open) this.open(seen.open);
    } catch (error) {
      this.tell(error.message);
    }
  }

  tell(text) {
    this.at(".talk").append(make("p", "line bad", text));
    this.scroll();
  }

  async sample(name) {
    const picture = await (await fetch(name)).blob();
    this.photo(picture, name);
  }

  ownPhoto() {
    const input = make("input");
    input.type = "file";
    input.accept = "image/jpeg,image/png";
    input.addEventListener("change", () => input.files.length && this.photo(input.files[0], input.files[0].name));
    input.click();
  }

  photo(blob, name) {
    const reader = new FileReader();
    reader.addEventListener("load", () => this.verb("photo", { base64: reader.result.split(",")[1], name }));
    reader.readAsDataURL(blob);
  }

  here() {
    const [latitude, longitude, label] = this.phone.place.length ? this.phone.place : [33.6462, 116.9641, "小区门口"];
    this.verb("location", { latitude, longitude, label });
  }

  /** A question from below: fields as [label, value]; resolves to their values, or null. */
  sheet(title, labels, button) {
    const sheet = this.at(".sheet");
    return new Promise((resolve) => {
      const close = (value) => {
        sheet.hidden = true;
        resolve(value);
      };
      const inputs = labels.map(([, value]) => Object.assign(make("input"), { value }));
      const cancel = make("button", "", "取消");
      const go = make("button", "go", button);
      cancel.type = go.type = "button";
      cancel.addEventListener("click", () => close(null));
      go.addEventListener("click", () => close(inputs.map((input) => input.value.trim())));
      const fields = labels.flatMap(([label], index) => [make("label", "", label), inputs[index]]);
      sheet.replaceChildren(make("h4", "", title), ...fields, make("div", "row-end", cancel, go));
      sheet.hidden = false;
      inputs[0].focus();
    });
  }

  async askScan() {
    const found = await this.sheet("扫一扫", [["二维码里的网址，或服务号场景值", ""]], "扫码");
    if (!found || !found[0]) return;
    if (/^https?:\/\//.test(found[0]) || found[0].startsWith("/")) this.open(found[0]);
    else this.verb("scan", { scene: found[0] });
  }

  async askSubscribe() {
    const found = await this.sheet("同意接收小程序订阅消息", [["模板号，多个用空格分开", ""]], "同意");
    if (found && found[0]) this.verb("subscribe", { template_ids: found[0].split(/\s+/), app: "mini" });
  }

  open(url) {
    const here = `open?phone=${encodeURIComponent(this.phone.id)}&url=${encodeURIComponent(url)}`;
    this.at(".browser .outside").href = here;
    this.at(".blocked").hidden = true;
    this.at("iframe").src = here;
    this.at(".browser").hidden = false;
  }

  /** A page that refuses frames leaves an unreadable document behind: offer the new window then. */
  framed() {
    if (this.at(".browser").hidden) return;
    let readable = true;
    try {
      readable = Boolean(this.at("iframe").contentDocument);
    } catch {
      readable = false;
    }
    this.at(".blocked").hidden = readable;
    const title = readable ? this.at("iframe").contentDocument.title : "";
    this.at(".browser .bar-title").textContent = title || "网页";
  }

  scroll() {
    const talk = this.at(".talk");
    talk.scrollTop = talk.scrollHeight;
  }

  update(phone, menu) {
    this.phone = phone;
    const title = phone.kind === "group" ? `${phone.name} (${phone.members})` : "和美家园";
    this.at(".screen > .bar .bar-title").textContent = phone.typing ? "对方正在输入…" : title;
    this.at(".stranger").hidden = phone.kind !== "resident" || phone.follows;
    if (phone.kind === "resident") this.menu(menu);
    for (const message of phone.messages) this.put(message);
    if (phone.messages.length) this.scroll();
  }

  put(message) {
    const element = Bubbles.draw(message, this.phone, this.act);
    element.dataset.message = message.id;
    const before = this.drawn.get(message.id);
    this.drawn.set(message.id, element);
    if (before) {
      before.replaceWith(element);
      return;
    }
    if (message.at - this.latest > 300) {
      const time = new Date(message.at * 1000).toLocaleTimeString("zh-CN", { hour: "2-digit", minute: "2-digit" });
      this.at(".talk").append(make("p", "stamp", time));
    }
    this.latest = message.at;
    for (const image of element.querySelectorAll("img")) image.addEventListener("load", () => this.scroll());
    this.at(".talk").append(element);
  }

  menu(buttons) {
    const bar = this.at(".account-menu");
    const key = JSON.stringify(buttons);
    if (bar.dataset.key === key) return;
    bar.dataset.key = key;
    bar.hidden = !buttons.length;
    bar.replaceChildren(...buttons.map((each) => {
      const below = each.sub_button || [];
      const button = make("button", below.length ? "has-more" : "", each.name);
      button.type = "button";
      button.addEventListener("click", () => (below.length ? this.submenu(below) : this.press(each)));
      return button;
    }));
  }

  submenu(items) {
    const sheet = this.at(".sheet");
    sheet.replaceChildren(...items.map((each) => {
      const option = make("button", "option", each.name);
      option.type = "button";
      option.addEventListener("click", () => {
        sheet.hidden = true;
        this.press(each);
      });
      return option;
    }));
    const cancel = make("button", "option", "取消");
    cancel.type = "button";
    cancel.addEventListener("click", () => (sheet.hidden = true));
    sheet.append(cancel);
    sheet.hidden = false;
  }

  press(button) {
    if (button.type === "miniprogram") this.tell("小程序页面不在沙箱里");
    else this.verb("press", { key: button.type === "view" ? button.url : button.key });
  }
}

const others = document.getElementById("others");
const crowd = document.getElementById("crowd");

function arrange(phones) {
  for (const phone of phones) {
    if (views.has(phone.id)) continue;
    const view = new View(phone);
    views.set(phone.id, view);
    if (phone.front) shown.add(phone.id);
    document.getElementById("phones").append(view.root);
    const button = make("button", "", phone.name);
    button.type = "button";
    button.title = phone.note;
    button.addEventListener("click", () => {
      if (shown.has(phone.id)) shown.delete(phone.id);
      else shown.add(phone.id);
      view.news = false;
      show();
    });
    view.button = button;
    if (phone.front) others.before(button);
    else {
      if (phone.kind === "staff" && phone.note) button.append(make("small", "", phone.note));
      crowd.append(button);
    }
  }
  others.hidden = !crowd.childElementCount;
}

/** Which phones are on the table; who heard something meanwhile has a dot, and stands in the first row. */
function show() {
  for (const [id, view] of views) {
    const was = view.root.hidden;
    view.root.hidden = !shown.has(id);
    view.button.setAttribute("aria-pressed", String(shown.has(id)));
    view.button.classList.toggle("news", view.news);
    if ((view.news || shown.has(id)) && view.button.parentElement === crowd) others.before(view.button);
    if (was && !view.root.hidden) view.scroll();
  }
}

function openCrowd(open) {
  crowd.hidden = !open;
  others.setAttribute("aria-expanded", String(open));
}
others.addEventListener("click", () => openCrowd(crowd.hidden));
document.addEventListener("click", (event) => {
  if (!crowd.contains(event.target) && event.target !== others) openCrowd(false);
});

async function follow() {
  for (;;) {
    try {
      const wait = started ? 10 : 0;
      const found = await call(`phones?since=${change}&wait=${wait}`);
      if (found.change < change) location.reload();
      change = found.change;
      arrange(found.phones);
      for (const phone of found.phones) {
        const view = views.get(phone.id);
        view.update(phone, found.menu);
        view.news ||= !shown.has(phone.id) && phone.messages.some((message) => message.by === "them");
      }
      show();
      started = true;
      Ledger.heard(found.ledger, found.unknown);
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 1500));
    }
  }
}

const Ledger = {
  last: 0,
  read: 0,
  open: false,

  heard(last, unknown) {
    Ledger.last = last;
    const count = document.getElementById("ledger-count");
    count.textContent = last ? `${last} 次调用` + (unknown ? `，${unknown} 次不认识的接口` : "") : "还没有调用";
    if (last > Ledger.read) Ledger.fetch();
  },

  async fetch() {
    const found = await call(`ledger?since=${Ledger.read}&limit=200`);
    const rows = document.getElementById("ledger-rows");
    for (const entry of found.entries) {
      if (entry.number <= Ledger.read) continue;
      Ledger.read = entry.number;
      rows.prepend(...Ledger.rows(entry));
      document.getElementById("ledger-latest").textContent =
        `${entry.path} → ${Ledger.who(entry) || Ledger.platform(entry)}：${Ledger.result(entry)[1]}`;
    }
    while (rows.childElementCount > 600) rows.lastElementChild.remove();
  },

  platform(entry) {
    return { official: "服务号", mini: "小程序", work: "企业微信" }[entry.platform] || entry.platform;
  },

  /** Names of the phones behind the ids of a call. */
  who(entry) {
    const name = (id) => ([...views.values()].find((view) => view.phone.ids.includes(id)) || { phone: { name: id } }).phone.name;
    return entry.who && entry.who.split("|").map(name).join("、");
  },

  result(entry) {
    if (entry.unknown) return ["no", "不认识的接口"];
    if (entry.duplicate) return ["again", "重复，未再发送"];
    if (entry.dropped) return ["again", `未送达：${entry.dropped}`];
    const code = entry.answer && entry.answer.errcode;
    if (!entry.accepted) return ["no", `${code} ${entry.answer.errmsg || ""}`];
    return ["yes", entry.fault ? `成功（故障：${entry.fault}）` : "成功"];
  },

  rows(entry) {
    const [tone, words] = Ledger.result(entry);
    const time = new Date(entry.at * 1000).toLocaleTimeString("zh-CN", { hour12: false });
    const row = make("tr", "call", make("td", "", time), make("td", "", Ledger.platform(entry)),
      make("td", "path", entry.path), make("td", "who", Ledger.who(entry)), make("td", tone, words));
    const more = make("tr");
    more.hidden = true;
    const cell = make("td");
    cell.colSpan = 5;
    more.append(cell);
    row.addEventListener("click", () => {
      more.hidden = !more.hidden;
      const asked = { query: entry.query, body: entry.body, answer: entry.answer };
      if (!cell.firstChild) cell.append(make("pre", "", JSON.stringify(asked, null, 2)));
    });
    return [row, more];
  },
};

document.getElementById("ledger-bar").addEventListener("click", (event) => {
  Ledger.open = !Ledger.open;
  document.getElementById("ledger-body").hidden = !Ledger.open;
  event.currentTarget.setAttribute("aria-expanded", String(Ledger.open));
});
setInterval(async () => {
  if (!Ledger.open) return;
  const found = await call(`ledger?since=${Ledger.last}&limit=1`);
  Ledger.heard(found.last, found.unknown);
}, 2000);
follow();
