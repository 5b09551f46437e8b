/* What this device's clock says goes along with a form that has a place for it. The server keeps it, and does not
 * believe it. Who said on this device without a network that they had read the edition (device/panel.js) comes here with
 * that time, which goes along in its place; not for somebody else who signs in in their stead. */
const number = /^\/acknowledge\/(\d+)/.exec(location.pathname)?.[1];
const kept = sessionStorage.getItem(`offlimits-claimed-${number}`);
const claimed = kept?.startsWith("{") ? JSON.parse(kept) : null; // an older shell kept the time alone
for (const field of document.querySelectorAll("input[name=client_at]")) {
  field.form.addEventListener("submit", () => {
    field.value = claimed && claimed.person === field.dataset.person ? claimed.at : new Date().toISOString();
  });
}
