"use strict";
/* WeChat's own bridge as a page of ours meets it, in the sandbox: getBrandWCPayRequest shows WeChat's sheet, and
   the tap on it goes to the simulator, as the password's goes to the platform. */

(() => {
  const style = document.createElement("link");
  style.rel = "stylesheet";
  style.href = "/sandbox/bridge.css";
  document.head.append(style);

  function sheet(text, buttons) {
    const back = document.createElement("div");
    back.className = "paysheet";
    const card = back.appendChild(document.createElement("div"));
    card.setAttribute("role", "dialog");
    card.setAttribute("aria-modal", "true");
    card.setAttribute("aria-label", "微信支付");
    for (const [name, words] of text) {
      const line = card.appendChild(document.createElement("p"));
      line.className = name;
      line.textContent = words;
    }
    for (const [name, words, does] of buttons) {
      const button = card.appendChild(document.createElement("button"));
      button.type = "button";
      button.className = name;
      button.textContent = words;
      button.addEventListener("click", () => { back.remove(); does(); });
    }
    document.body.append(back);
    card.querySelector("button").focus();
  }

  async function paid(prepay_id, outcome) {
    const answer = await fetch("/sandbox/api/pay", { method: "POST", body: JSON.stringify({ prepay_id, outcome }) });
    if (!answer.ok) throw new Error(answer.status);
  }

  function ask(parameters, done) {
    const prepay = String(parameters.package || "").replace("prepay_id=", "");
    const said = (words) => done({ err_msg: `get_brand_wcpay_request:${words}` });
    const sum = document.querySelector(".amount strong");
    sheet(
      [["payto", "和美家园（沙箱里的商户）"], ["paysum", sum ? `¥${sum.textContent}` : ""], ["payhint", "这里是演的，不会真的扣钱"]],
      [
        ["paygo", "确认支付", () => paid(prepay, "success").then(() => said("ok"), () => said("fail"))],
        ["paystop", "取消", () => paid(prepay, "cancel").then(() => said("cancel"), () => said("cancel"))],
      ],
    );
  }

  window.WeixinJSBridge = {
    invoke(name, parameters, done) {
      if (name === "getBrandWCPayRequest") ask(parameters, done);
    },
  };
})();
