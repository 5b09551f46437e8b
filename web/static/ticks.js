/* Many people are ticked by one clerk: arrow keys go up and down, and the count stands beside the button. */
const form = document.querySelector("#typed");
const boxes = form ? [...form.querySelectorAll("input[name=signed]:not(:disabled)")] : [];
const count = form?.querySelector("output");

function tell() {
  const done = boxes.filter((box) => box.checked).length;
  count.textContent = count.dataset.count.replace("{done}", done).replace("{all}", boxes.length);
}

if (boxes.length) {
  form.addEventListener("keydown", (event) => {
    // Enter in the middle of forty rows would send half of them.
    if (event.key === "Enter" && event.target.matches("input")) event.preventDefault();
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const at = boxes.indexOf(event.target);
    if (!step || at < 0) return;
    event.preventDefault();
    boxes[at + step]?.focus();
  });
  form.addEventListener("change", tell);
  tell();
}
