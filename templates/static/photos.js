// Photos are made small before they are sent, and shown; without this they are made small afterwards.
document.addEventListener("change", async ({ target: input }) => {
  if (input.type !== "file" || !window.createImageBitmap || !window.DataTransfer) return;
  const sent = new DataTransfer();
  for (const file of input.files) {
    let small = file;
    try {
      const photo = await createImageBitmap(file, { imageOrientation: "from-image" });
      const scale = Math.min(1, 1600 / Math.max(photo.width, photo.height));
      const canvas = document.createElement("canvas");
      canvas.width = photo.width * scale;
      canvas.height = photo.height * scale;
      canvas.getContext("2d").drawImage(photo, 0, 0, canvas.width, canvas.height);
      const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.82));
      if (blob && blob.size < file.size) small = new File([blob], "photo.jpg", { type: "image/jpeg" });
    } catch (_) { /* the server says whether it can be used */ }
    sent.items.add(small);
  }
  input.files = sent.files;
  shown(input.closest(".snaps"));
});

function shown(box) {
  if (!box) return;
  const thumbs = box.querySelector(".thumbs");
  for (const old of thumbs.children) URL.revokeObjectURL(old.src);
  thumbs.replaceChildren(...[...box.querySelectorAll("input")].flatMap((one) => [...one.files]).map((file, n) => {
    const image = new Image();
    image.src = URL.createObjectURL(file);
    image.alt = `${thumbs.dataset.name} ${n + 1}`;
    return image;
  }));
}
