// The menu beside the page is longer than many screens: what is open stands in sight. Without this it is scrolled by hand.
{ // a name of its own, because the page's scripts stand beside it
  const open = document.querySelector("#menu [aria-current=page]");
  if (open) open.closest("nav").scrollTop = open.offsetTop - open.closest("nav").clientHeight / 2;
}
