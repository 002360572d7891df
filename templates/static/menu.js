// The menu beside the page is longer than many screens: what is open stands in sight. Without this it is scrolled by hand.
const here = document.querySelector("#menu [aria-current=page]");
if (here) here.closest("nav").scrollTop = here.offsetTop - here.closest("nav").clientHeight / 2;
