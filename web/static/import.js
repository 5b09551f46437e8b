/* A list is sent: a file may fall onto the form, one that is too large is told of before it travels, and a bar shows how
 * much has arrived. What the server refuses is said beside the field. Without a script the form is sent as it is. */
const form = document.querySelector("#send");
const file = form.querySelector("#file");
const reading = form.querySelector(".reading");
const [told, bar, button] = ["[role=status]", "progress", "button"].map((one) => form.querySelector(one));

/** @param {string} text */
function say(text) {
  told.textContent = text;
}

/** @param {string} text what is wrong with the file; "" for nothing */
function complain(text) {
  let issue = form.querySelector("#file-issue");
  if (!issue) {
    issue = Object.assign(document.createElement("p"), { id: "file-issue", className: "issue" });
    issue.setAttribute("role", "alert");
    file.after(issue);
  }
  issue.textContent = text;
  file.toggleAttribute("aria-invalid", false);
  if (text) file.setAttribute("aria-invalid", "true");
  file.setAttribute("aria-describedby", text ? "file-hint file-issue" : "file-hint");
}

/** @returns {boolean} whether the chosen file may travel */
function fits() {
  const [chosen] = file.files;
  const isTooLarge = Boolean(chosen) && chosen.size > Number(file.dataset.most);
  complain(isTooLarge ? file.dataset.tooLarge : "");
  return Boolean(chosen) && !isTooLarge;
}

/** @param {boolean} isBusy */
function busy(isBusy) {
  reading.hidden = !isBusy;
  button.disabled = isBusy;
  form.setAttribute("aria-busy", String(isBusy));
}

/** @param {XMLHttpRequest} request */
function answered(request) {
  if (request.status === 200) {
    location.assign(request.responseURL);
    return;
  }
  busy(false);
  const page = new DOMParser().parseFromString(request.responseText, "text/html");
  complain(page.querySelector(".notice.refused span")?.textContent || page.querySelector("main p")?.textContent || told.dataset.failed);
  file.focus();
}

function send() {
  const request = new XMLHttpRequest();
  request.open("POST", form.action);
  request.upload.addEventListener("progress", ({ loaded, total }) => {
    bar.value = (100 * loaded) / total;
    if (loaded < total) return;
    bar.removeAttribute("value");
    say(told.dataset.reading);
  });
  request.addEventListener("load", () => answered(request));
  request.addEventListener("error", () => {
    busy(false);
    complain(told.dataset.failed);
  });
  busy(true);
  bar.value = 0;
  say(told.dataset.sending);
  request.send(new FormData(form));
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  if (fits()) send();
});
file.addEventListener("change", fits);

form.querySelector(".dropping").hidden = false;
for (const kind of ["dragenter", "dragover"]) {
  form.addEventListener(kind, (event) => {
    event.preventDefault();
    form.classList.add("over");
  });
}
for (const kind of ["dragleave", "drop"]) form.addEventListener(kind, () => form.classList.remove("over"));
form.addEventListener("drop", (event) => {
  event.preventDefault();
  if (!event.dataTransfer.files.length) return;
  file.files = event.dataTransfer.files;
  if (fits()) send();
});
