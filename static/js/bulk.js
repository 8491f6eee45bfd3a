// Counts what is ticked in the queue and ticks the whole page at once. Without it a link ticks the page, and the server
// counts.
const bar = document.querySelector("[data-bulk]");
const boxes = [...document.querySelectorAll('input[name="row"][form="bulk"]')];
const all = document.querySelector("[data-bulk-all]");
const count = bar?.querySelector("[data-bulk-count]");

const show = () => {
  const ticked = boxes.filter((box) => box.checked).length;
  count.textContent = `${ticked} ${count.dataset.bulkCount}`;
  all.checked = ticked === boxes.length;
  all.indeterminate = ticked > 0 && ticked < boxes.length;
};

if (bar && all && boxes.length) {
  bar.querySelector("[data-bulk-link]").hidden = true;
  all.closest("label").hidden = false;
  count.hidden = false;
  all.addEventListener("change", () => {
    boxes.forEach((box) => { box.checked = all.checked; });
    show();
  });
  boxes.forEach((box) => box.addEventListener("change", show));
  window.addEventListener("pageshow", show); // a browser that goes back ticks again what was ticked
  show();
}
