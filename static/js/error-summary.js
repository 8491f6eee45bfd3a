// Moves the focus to the error summary, so that a screen reader reads it first and the phone scrolls to it.
// Without JavaScript the summary stands first in the page all the same, and its links work.
document.querySelector("[data-error-summary]")?.focus();
