// Photos are made small before they are sent, and shown; one that was taken comes to those before it, a tap
// leaves it out. Without this each field sends its own, and they are made small afterwards.
const held = new WeakMap(); // what a form's tiles hold, because a field forgets it with the next photo

document.addEventListener("change", async ({ target: input }) => {
  if (input.type !== "file" || !window.createImageBitmap || !window.DataTransfer) return;
  const photos = await Promise.all([...input.files].map(small));
  const box = input.closest(".snaps");
  if (!box) return void (input.files = list(photos));
  const last = box.querySelector("label:last-of-type input");
  if (input !== last) input.value = "";
  hold(box, last, box.matches(".one") ? photos : [...(held.get(box) || []), ...photos]);
});

async function small(file) {
  try {
    const photo = await createImageBitmap(file, { imageOrientation: "from-image" });
    const scale = Math.min(1, 1600 / Math.max(photo.width, photo.height));
    const canvas = document.createElement("canvas");
    canvas.width = photo.width * scale;
    canvas.height = photo.height * scale;
    canvas.getContext("2d").drawImage(photo, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.82));
    if (blob && blob.size < file.size) return new File([blob], "photo.jpg", { type: "image/jpeg" });
  } catch (_) { /* the server says whether it can be used */ }
  return file;
}

function list(files) {
  const made = new DataTransfer();
  for (const file of files) made.items.add(file);
  return made.files;
}

function hold(box, input, files) {
  held.set(box, files);
  input.files = list(files);
  const thumbs = box.querySelector(".thumbs");
  for (const old of thumbs.querySelectorAll("img")) URL.revokeObjectURL(old.src);
  thumbs.replaceChildren(...files.map((file, n) => {
    const thumb = document.createElement("button");
    const image = thumb.appendChild(new Image());
    thumb.type = "button";
    thumb.ariaLabel = `${thumbs.dataset.drop} ${n + 1}`;
    image.src = URL.createObjectURL(file);
    image.alt = "";
    thumb.addEventListener("click", () => hold(box, input, files.filter((one) => one !== file)));
    return thumb;
  }));
}
