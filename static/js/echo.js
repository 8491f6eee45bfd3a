// Says beneath a box what is understood of it while one types: the income in Rupiah, the phone number in groups, RT and
// RW with three digits. Without JavaScript the server says it on the page that comes back (echo_of).
//
// A box names how it is read in data-echo and what is said in data-echo-says, whose {} is the reading. What cannot be
// read yet is no error here: nothing is said until it can.
import "./words.js";
import { parseRupiah, rupiah } from "./rupiah.js";

const read = {
  rupiah(typed) {
    const amount = parseRupiah(typed);
    return amount && rupiah(amount);
  },
  phone(typed) {
    const digits = /^(?:\+?62|0)?(8\d{8,11})$/.exec(typed.replace(/[\s().-]+/g, ""));
    return digits && `0${digits[1]}`.replace(/^(.{4})(.{4})/, "$1-$2-");
  },
  block: (typed) => (/^\d{1,6}$/.test(typed.trim()) && +typed >= 1 && +typed <= 999 ? String(+typed).padStart(3, "0") : ""),
};

// The line beneath a box; an empty reading takes it away.
export function echo(box, reading) {
  const id = `${box.id}_echo`;
  let line = document.getElementById(id);
  if (!reading) return line?.remove();
  if (!line) {
    line = document.querySelector("template[data-echo-line]").content.firstElementChild.cloneNode(true);
    line.id = id;
    box.closest(".jb-field").append(line);
  }
  line.querySelector("span").textContent = box.dataset.echoSays.replace("{}", reading);
}

for (const box of document.querySelectorAll("[data-echo]:not([data-echo=''])")) {
  const say = () => echo(box, read[box.dataset.echo](box.value));
  box.addEventListener("input", say);
  if (box.value) say();
}
