// Puts − and + around number boxes marked data-stepper. Without JavaScript the plain number box remains and works.
for (const input of document.querySelectorAll("input[data-stepper]")) {
  const frame = document.createElement("span");
  frame.className = "jb-stepper";
  input.replaceWith(frame);
  const button = (sign, label, move) => {
    const made = document.createElement("button");
    made.type = "button";
    made.textContent = sign;
    made.setAttribute("aria-label", label);
    made.addEventListener("click", () => {
      move();
      input.dispatchEvent(new Event("input", { bubbles: true }));
    });
    return made;
  };
  frame.append(
    button("−", input.dataset.stepperLess, () => input.stepDown()),
    input,
    button("+", input.dataset.stepperMore, () => input.stepUp()),
  );
}
