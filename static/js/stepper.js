// Puts − and + beside a number, so that counting on a phone needs no keyboard. Without JavaScript the box stays alone
// and the number is typed; on a keyboard the arrow keys do the same, so the buttons are for fingers only.
for (const input of document.querySelectorAll("[data-stepper]")) {
  const frame = document.createElement("span");
  frame.className = "jb-stepper";
  input.replaceWith(frame);
  const step = (sign, move) => {
    const button = document.createElement("button");
    button.type = "button";
    button.tabIndex = -1;
    button.setAttribute("aria-hidden", "true");
    button.textContent = sign;
    button.addEventListener("click", () => {
      move();
      input.dispatchEvent(new Event("change", { bubbles: true }));
    });
    return button;
  };
  frame.append(step("−", () => input.stepDown()), input, step("+", () => input.stepUp()));
}
