// Puts − and + beside a number, so that counting on a phone needs no keyboard. Without JavaScript the box stays alone
// and the number is typed; on a keyboard the arrow keys do the same, so the buttons are for fingers only.
//
// The box is text, so that "1.000" arrives as it was typed (outreach/forms/fields.py); here it is read the same way.
const read = (input) => Number.parseInt(input.value.replace(/[.\s]/g, "") || "0", 10);

const move = (input, by) => {
  const { lowest, most } = input.dataset;
  const from = read(input);
  if (!Number.isNaN(from)) {
    input.value = Math.min(Math.max(from + by, Number(lowest)), Number(most));
    input.dispatchEvent(new Event("change", { bubbles: true }));
  }
};

for (const input of document.querySelectorAll("[data-stepper]")) {
  const frame = document.createElement("span");
  frame.className = "jb-stepper";
  input.replaceWith(frame);
  const step = (sign, by) => {
    const button = document.createElement("button");
    button.type = "button";
    button.tabIndex = -1;
    button.setAttribute("aria-hidden", "true");
    button.textContent = sign;
    button.addEventListener("click", () => move(input, by));
    return button;
  };
  input.addEventListener("keydown", (event) => {
    const by = { ArrowUp: 1, ArrowDown: -1 }[event.key];
    if (by) {
      event.preventDefault();
      move(input, by);
    }
  });
  frame.append(step("−", -1), input, step("+", 1));
}
