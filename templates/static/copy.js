// A button that copies; without this the words are marked and copied by hand.
for (const button of document.querySelectorAll("button.copies")) {
  const words = document.getElementById(button.dataset.of);
  button.hidden = false;
  button.addEventListener("click", async () => {
    words.select();
    try {
      await navigator.clipboard.writeText(words.value);
    } catch (_) {
      document.execCommand("copy"); // WeChat's own browser gives no clipboard to a page
    }
    button.textContent = button.dataset.done;
  });
}
