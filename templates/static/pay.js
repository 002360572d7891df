// Hands the order to WeChat, then waits until our own books say that the money is there. What WeChat tells this
// page is not believed: it only changes the words.
const order = document.querySelector("[data-order]");
const again = document.querySelector("[data-pay]");
const OFTEN = 1500, SELDOM = 10000; // milliseconds
let pause = OFTEN;

function say(name) {
  for (const one of document.querySelectorAll("[data-says]")) one.hidden = one.dataset.says !== name;
  again.hidden = !["cancel", "fail"].includes(name);
}

function pay() {
  say("ask");
  window.WeixinJSBridge.invoke("getBrandWCPayRequest", JSON.parse(order.dataset.order), (answer) => {
    const said = String(answer.err_msg || "").split(":")[1] || "";
    say(said === "ok" ? "wait" : said === "cancel" ? "cancel" : "fail");
    pause = OFTEN;
  });
}

async function look() {
  if (!document.hidden) {
    try {
      const answer = await fetch(order.dataset.progress);
      if (!answer.ok) throw new Error(answer.status);
      const { state, go } = await answer.json();
      if (go) { location.replace(go); return; }
      if (state !== "waiting") { say(state); return; }
      pause = Math.min(pause * 1.2, SELDOM);
    } catch (_) { pause = SELDOM; }
  }
  setTimeout(look, pause);
}

again.addEventListener("click", pay);
if (window.WeixinJSBridge) pay();
else document.addEventListener("WeixinJSBridgeReady", pay);
setTimeout(look, pause);
