/* Questions to the server. Positions and names travel in the body of a POST, never in an address. */

/* The server refused, or could not be asked; `kind` is a key of the words, `detail` the server's own sentence. */
export class Refusal extends Error {
  constructor(kind, problem = {}) {
    super(problem.detail ?? kind);
    Object.assign(this, { kind, detail: problem.detail, readings: problem.readings ?? [] });
  }
}

const token = () => document.querySelector('meta[name="csrf-token"]').content;

/* Posts `body` as JSON and gives the answer. `signal` calls it off. Throws Refusal. */
export const ask = async (url, body, signal) => {
  const headers = { "Content-Type": "application/json", Accept: "application/json", "X-CSRF-Token": token() };
  let response;
  try {
    response = await fetch(url, { method: "POST", credentials: "same-origin", headers, body: JSON.stringify(body), signal });
  } catch (reason) {
    if (reason.name === "AbortError") throw reason;
    throw new Refusal("unreachable");
  }
  if (response.ok) return response.json();
  const problem = await response.json().catch(() => ({}));
  throw new Refusal({ 401: "signed_out", 422: "not_understood" }[response.status] ?? "failed", problem);
};
