"use strict";
/* Draws one message as WeChat or WeCom would. Text only ever enters the page as text nodes. */

function make(tag, className, ...inside) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  element.append(...inside.filter((part) => part !== null && part !== undefined && part !== ""));
  return element;
}

const COLOURS = ["#7c8b84", "#b0715f", "#5d7f9e", "#8a7aa8", "#a08a4f", "#5f9486"];
const NOTES = {
  followed: () => "你已关注和美家园，以下是新的消息",
  unfollowed: () => "已取消关注",
  scanned: () => "扫了门口的二维码",
  transferred: () => "已转给人工客服",
  failed: () => "该服务号提供的服务出现故障，请稍后再试",
};

const Bubbles = {
  /** The element of one message. `phone` is its phone, `act` the actions {open, verb}. */
  draw(message, phone, act) {
    if (message.by === "note") {
      const note = NOTES[message.type];
      return make("p", message.type === "failed" ? "line bad" : "line", note ? note() : message.type);
    }
    const me = message.by === "me";
    const row = make("div", me ? "row me" : "row");
    const body = message.body;
    const draw = Bubbles.forms[message.type] || Bubbles.forms.other;
    const said = make("div", "said");
    if (!me && phone.kind === "group") {
      const by = make("p", "by", body.sender || "群机器人");
      if (body.robot) by.append(make("span", "tag", "机器人"));
      said.append(by);
    }
    const drawn = draw(body, phone, act, message);
    if (drawn.classList.contains("card")) row.classList.add("wide");
    said.append(drawn);
    row.append(Bubbles.face(phone, me, body), said);
    return row;
  },

  face(phone, me, body) {
    if (!me && body.sender) return make("span", "face", body.sender.slice(-1));
    if (!me) return make("span", body.robot ? "face robot" : "face house", "和");
    const face = make("span", "face", phone.kind === "group" ? "邻" : phone.name.slice(-1));
    const sum = [...phone.id].reduce((total, letter) => total + letter.charCodeAt(0), 0);
    face.style.background = COLOURS[sum % COLOURS.length];
    return face;
  },

  /** Text with its addresses as links, both bare ones and the platform's <a href="…">…</a>. */
  words(text, act) {
    const parts = [];
    const links = /<a\s+href="([^"]+)"[^>]*>([^<]*)<\/a>|(https?:\/\/[^\s<>"，。；）】]+)/g;
    let from = 0;
    for (const found of text.matchAll(links)) {
      parts.push(text.slice(from, found.index));
      parts.push(Bubbles.link(found[2] || found[3], found[1] || found[3], act));
      from = found.index + found[0].length;
    }
    parts.push(text.slice(from));
    return parts;
  },

  link(text, url, act) {
    const link = make("button", "link", text);
    link.type = "button";
    link.addEventListener("click", () => act.open(url));
    return link;
  },

  detail(url, act, text = "详情") {
    const detail = make("button", "detail", text);
    detail.type = "button";
    detail.addEventListener("click", () => act.open(url));
    return detail;
  },

  picture(mediaId, phone) {
    const image = make("img");
    image.alt = "照片";
    image.loading = "lazy";
    const platform = phone.kind === "resident" ? "official" : "work";
    image.src = `api/media?platform=${platform}&id=${encodeURIComponent(mediaId)}`;
    return image;
  },

  lines(pairs) {
    const list = make("dl");
    for (const [name, value] of pairs) list.append(make("dt", "", name), make("dd", "", value));
    return list;
  },

  markdown(text, act) {
    const box = make("div", "bubble md");
    for (const line of text.split("\n")) {
      const heading = /^#{1,6}\s+(.*)$/.exec(line);
      const quote = /^>\s?(.*)$/.exec(line);
      const holder = heading ? make("h4") : quote ? make("blockquote") : make("div");
      const inside = (heading || quote || [null, line])[1];
      const marks = /\*\*(.+?)\*\*|<font color="(info|comment|warning)">(.*?)<\/font>|\[([^\]]+)\]\(([^)\s]+)\)/g;
      let from = 0;
      for (const found of inside.matchAll(marks)) {
        holder.append(inside.slice(from, found.index));
        if (found[1]) holder.append(make("strong", "", found[1]));
        else if (found[2]) holder.append(make("span", found[2], found[3]));
        else holder.append(Bubbles.link(found[4], found[5], act));
        from = found.index + found[0].length;
      }
      holder.append(inside.slice(from));
      box.append(holder);
    }
    return box;
  },

  forms: {
    text(body, phone, act) {
      const bubble = make("div", "bubble", ...(body.mentions || []).map((name) => `@${name === "@all" ? "所有人" : name} `));
      bubble.append(...Bubbles.words(body.text || "", act));
      for (const extra of body.attachments || []) {
        const part = extra[extra.msgtype] || {};
        if (part.media_id) bubble.append(make("br"), Bubbles.picture(part.media_id, phone));
        else if (part.url) bubble.append(make("br"), Bubbles.link(part.title || part.url, part.url, act));
      }
      return bubble;
    },
    markdown: (body, phone, act) => Bubbles.markdown(body.text, act),
    markdown_v2: (body, phone, act) => Bubbles.markdown(body.text, act),
    image: (body, phone) => make("div", "bubble picture", Bubbles.picture(body.media_id, phone)),
    voice: (body) => make("div", "bubble sound", make("span", "waves"), `${body.seconds || 3}″`),
    location: (body) =>
      make("div", "bubble place",
        make("div", "place-name", body.label || "位置",
          make("small", "", `${body.latitude}, ${body.longitude}`)), make("div", "map")),
    other: (body) => make("div", "bubble", `[${body.kind || "消息"}]`),
    miniprogrampage: (body) =>
      make("div", "card", make("div", "card-in", make("p", "from", "小程序"), make("h3", "", body.title || body.page))),

    menu(body, phone, act, message) {
      const bubble = make("div", "bubble", ...Bubbles.words(body.head, act));
      const choices = make("div", "choices");
      for (const choice of body.choices) {
        const button = make("button", "", choice.text);
        button.type = "button";
        button.addEventListener("click", () => act.verb("choose", { message_id: message.id, choice: choice.id }));
        choices.append(button);
      }
      bubble.append(choices);
      if (body.tail) bubble.append(make("div", "tail", body.tail));
      return bubble;
    },

    template(body, phone, act, message) {
      const card = make("div", "card",
        make("div", "card-in", make("h3", "", body.title || "通知"),
          make("span", "when", new Date(message.at * 1000).toLocaleDateString("zh-CN")), Bubbles.lines(body.lines)));
      if (body.url) card.append(Bubbles.detail(body.url, act));
      else if (body.page) card.append(Bubbles.detail(body.page, act, "进入小程序"));
      return card;
    },
    notice(body, phone, act) {
      const card = make("div", "card",
        make("div", "card-in", make("p", "from", body.app === "mini" ? "服务通知 · 小程序" : "服务通知"),
          make("h3", "", body.title || "通知"), Bubbles.lines(body.lines)));
      if (body.page) card.append(Bubbles.detail(body.page, act, "进入小程序"));
      return card;
    },
    news(body, phone, act) {
      const card = make("div", "card",
        make("div", "card-in", make("h3", "", body.title), make("p", "desc", body.description)));
      if (body.url) card.append(Bubbles.detail(body.url, act));
      return card;
    },
    textcard(body, phone, act) {
      const plain = new DOMParser().parseFromString(body.description, "text/html").body.innerText;
      const card = make("div", "card",
        make("div", "card-in", make("h3", "", body.title), make("p", "desc", plain)));
      card.append(Bubbles.detail(body.url, act, body.btntxt || "详情"));
      return card;
    },

    card(body, phone, act, message) {
      const card = body.card;
      const inside = make("div", "card-in");
      if (card.source && card.source.desc) inside.append(make("p", "from", card.source.desc));
      const title = card.main_title || {};
      inside.append(make("h3", "", title.title));
      if (title.desc) inside.append(make("p", "desc", title.desc));
      if (card.emphasis_content) inside.append(make("h3", "", card.emphasis_content.title), make("p", "desc", card.emphasis_content.desc));
      if (card.quote_area) inside.append(make("p", "quote", card.quote_area.quote_text || card.quote_area.title));
      if (card.sub_title_text) inside.append(make("p", "quote", card.sub_title_text));
      const rows = card.horizontal_content_list || [];
      if (rows.length) {
        const list = Bubbles.lines([]);
        for (const row of rows) {
          const value = row.url ? Bubbles.link(row.value || row.url, row.url, act) : row.value || "";
          list.append(make("dt", "", row.keyname), make("dd", "", value));
        }
        inside.append(list);
      }
      for (const item of card.vertical_content_list || []) inside.append(make("p", "desc", make("strong", "", item.title), ` ${item.desc || ""}`));
      const whole = make("div", "card", inside);
      if (card.checkbox || card.select_list) inside.append(...Bubbles.questions(card, body, act, message));
      const buttons = card.button_list || [];
      if (body.replaced) {
        const done = make("button", "", body.replaced);
        done.disabled = true;
        whole.append(make("div", "buttons", done));
      } else if (buttons.length) {
        const holder = make("div", buttons.length > 3 ? "buttons many" : "buttons");
        for (const each of buttons) {
          const button = make("button", `style-${each.style || 1}`, each.text);
          button.type = "button";
          button.addEventListener("click", () => {
            if (each.type === 1) act.open(each.url);
            else act.verb("tap", { message_id: message.id, key: each.key });
          });
          holder.append(button);
        }
        whole.append(holder);
      }
      for (const jump of card.jump_list || []) if (jump.url) whole.append(Bubbles.detail(jump.url, act, jump.title));
      if (card.card_action && card.card_action.url) whole.append(Bubbles.detail(card.card_action.url, act));
      return whole;
    },

    task(body, phone, act, message) {
      const card = make("div", "card",
        make("div", "card-in", make("p", "from", body.state === "waiting" ? "群发助手 · 等你确认" : "群发助手"), make("h3", "", `发到：${body.groups.join("、")}`),
          make("p", "quote", body.text)));
      if (body.state === "waiting") {
        const send = make("button", "style-1", "发送");
        send.type = "button";
        send.addEventListener("click", () => act.verb("confirm", { msgid: body.msgid }));
        card.append(make("div", "buttons", send));
        if (body.reminded) card.append(make("p", "task-state", `已提醒 ${body.reminded} 次`));
      } else {
        card.append(make("p", "task-state", body.state === "sent" ? "已发送" : "已取消"));
      }
      return card;
    },
  },

  /** The questions of a vote or of a card with selections, with their submit button. */
  questions(card, body, act, message) {
    const fields = [];
    const pick = {};
    const questions = card.checkbox ? [card.checkbox] : card.select_list;
    for (const question of questions) {
      if (question.title) fields.push(make("p", "desc", question.title));
      const many = card.checkbox && question.mode === 1;
      pick[question.question_key] = new Set();
      for (const option of question.option_list) {
        const box = make("input");
        box.type = many ? "checkbox" : "radio";
        box.name = `${message.id}-${question.question_key}`;
        box.addEventListener("change", () => {
          if (!many) pick[question.question_key].clear();
          if (box.checked) pick[question.question_key].add(option.id);
          else pick[question.question_key].delete(option.id);
        });
        fields.push(make("label", "choice", box, option.text));
      }
    }
    const submit = make("button", "submit", body.replaced || (card.submit_button || {}).text || "提交");
    submit.type = "button";
    submit.disabled = Boolean(body.replaced);
    submit.addEventListener("click", () => {
      const selected = Object.fromEntries(Object.entries(pick).map(([key, set]) => [key, [...set]]));
      act.verb("tap", { message_id: message.id, key: card.submit_button.key, selected });
    });
    return [...fields, submit];
  },
};
