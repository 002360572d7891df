"use strict";
// Black boxes over a voucher: press and draw one, tap it to take it away. Without this script they are typed.
for (const frame of document.querySelectorAll("[data-blacken]")) {
  const field = document.querySelector("[data-boxes] input");
  field.parentElement.hidden = true;
  const picture = frame.querySelector("img");
  let begun = null;
  const at = (event) => {
    const edge = picture.getBoundingClientRect();
    const within = (value) => Math.round(1000 * Math.min(1, Math.max(0, value)));
    return [within((event.clientX - edge.left) / edge.width), within((event.clientY - edge.top) / edge.height)];
  };
  const place = (box, [left, top, right, bottom]) => {
    box.style.left = left / 10 + "%";
    box.style.top = top / 10 + "%";
    box.style.width = (right - left) / 10 + "%";
    box.style.height = (bottom - top) / 10 + "%";
    box.dataset.box = [left, top, right, bottom].join(",");
  };
  const write = () => {
    field.value = Array.from(frame.querySelectorAll(".black"), (box) => box.dataset.box).join(";");
  };
  frame.addEventListener("pointerdown", (event) => {
    if (event.target.classList.contains("black")) {
      event.target.remove();
      write();
      return;
    }
    begun = { from: at(event), box: document.createElement("div") };
    begun.box.className = "black drawn";
    frame.setPointerCapture(event.pointerId);
  });
  frame.addEventListener("pointermove", (event) => {
    if (!begun) return;
    const [x, y] = at(event), [a, b] = begun.from;
    place(begun.box, [Math.min(a, x), Math.min(b, y), Math.max(a, x), Math.max(b, y)]);
    if (!begun.box.isConnected) frame.append(begun.box);
  });
  const end = () => {
    if (!begun) return;
    const [left, top, right, bottom] = (begun.box.dataset.box || "0,0,0,0").split(",").map(Number);
    // a tap is no box
    if (right - left < 5 || bottom - top < 5) begun.box.remove();
    begun = null;
    write();
  };
  frame.addEventListener("pointerup", end);
  frame.addEventListener("pointercancel", end);
}
