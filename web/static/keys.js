/* Security keys and passkeys. A button with data-options asks the server what the key shall sign, the browser asks the
 * key, and the form goes off with its answer in the field that the button names. Words stand in the button's attributes. */
import { ask, Refusal } from "./ask.js";

const MAKE = "create";

const answered = (kind, options) =>
  kind === MAKE
    ? navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) })
    : navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) });

const told = (button, text) => {
  button.form.querySelector("[role=status]").textContent = text;
};

/* What was not typed must not go along: an empty field would count as forgotten. */
const send = (button, answer) => {
  const form = button.form;
  form.elements[button.dataset.field].value = JSON.stringify(answer);
  form.elements[button.dataset.field].disabled = false;
  for (const name of ["proof_passphrase", "proof_code"]) {
    if (form.elements[name]) form.elements[name].disabled = true;
  }
  form.noValidate = true;
  form.requestSubmit();
};

const use = async (button) => {
  button.disabled = true;
  told(button, button.dataset.waiting);
  try {
    const answer = await answered(button.dataset.kind, await ask(button.dataset.options, {}));
    send(button, answer.toJSON());
  } catch (reason) {
    told(button, (reason instanceof Refusal && reason.detail) || button.dataset.failed);
    button.disabled = false;
  }
};

/* Elsewhere than under a name over an encrypted connection, and in older browsers, there is nothing to offer. */
if (window.PublicKeyCredential?.parseRequestOptionsFromJSON) {
  for (const button of document.querySelectorAll("button[data-options]")) {
    button.hidden = false;
    button.addEventListener("click", () => use(button));
  }
}
