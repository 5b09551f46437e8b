/* What this device's clock says goes along with a form that has a place for it. The server keeps it, and does not
 * believe it. Who said on a device without a network that they had read the list comes with that time in the address,
 * behind the mark that is never sent. */
const claimed = new URLSearchParams(location.hash.slice(1)).get("claimed");
for (const field of document.querySelectorAll("input[name=client_at]")) {
  field.form.addEventListener("submit", () => {
    field.value = claimed ?? new Date().toISOString();
  });
}
