/* What this device's clock says goes along with a form that has a place for it. The server keeps it, and does not
 * believe it. */
for (const field of document.querySelectorAll("input[name=client_at]")) {
  field.form.addEventListener("submit", () => {
    field.value = new Date().toISOString();
  });
}
