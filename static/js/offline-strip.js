// Shows the strip at the very top while the phone has no network. It promises nothing: the page keeps what was typed,
// nobody sends it. Without JavaScript the strip stays hidden and the browser says by itself that the page can't be sent.
// It is looked for each time: on the registration form it comes with the words (words.js).
const show = () => {
  const strip = document.querySelector("[data-offline-strip]");
  if (strip) strip.hidden = navigator.onLine;
};
window.addEventListener("offline", show);
window.addEventListener("online", show);
show();
