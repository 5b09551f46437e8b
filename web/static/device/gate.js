/* The gate of a sealed device: asks for its passphrase, and locks again when nobody touches it or nobody sees it. */
import { say } from "../say.js";
import { WrongPassphrase } from "./store.js";

const TOUCHES = ["pointerdown", "keydown", "scroll"], MINUTE_MS = 60000;
const gate = document.getElementById("gate");

/** Asks until `open` takes the passphrase; after the last wrong one the page says that all is wiped.
 * @param {(passphrase: string) => Promise<any>} open */
export const passphraseAsked = (open) =>
  new Promise((keep, refuse) => {
    const field = gate.querySelector("input"), status = gate.querySelector("[role=alert]"), button = gate.querySelector("button");
    gate.hidden = false;
    document.body.classList.add("locked");
    field.focus();
    gate.addEventListener("submit", async (event) => {
      event.preventDefault();
      button.disabled = true;
      status.textContent = say("opening");
      try {
        keep(await open(field.value));
        gate.hidden = true;
        document.body.classList.remove("locked");
      } catch (reason) {
        if (!(reason instanceof WrongPassphrase)) return refuse(reason);
        status.textContent = reason.left ? say("wrong_passphrase", { left: reason.left }) : say("wiped");
        button.disabled = reason.left === 0;
      }
      field.value = "";
      return undefined;
    });
  });

/* Whatever was open is gone with the page: the key, the list and the answer on the screen. */
const lock = () => location.reload();

export const lockWhenIdle = (minutes) => {
  let touched_at = Date.now();
  for (const name of TOUCHES) document.addEventListener(name, () => (touched_at = Date.now()), { passive: true, capture: true });
  const isOver = (idle_ms) => idle_ms >= minutes * MINUTE_MS || idle_ms < -MINUTE_MS; // less: the clock was put back
  setInterval(() => isOver(Date.now() - touched_at) && lock(), Math.min(5000, (minutes * MINUTE_MS) / 4));
  document.addEventListener("visibilitychange", () => document.hidden && lock());
};
