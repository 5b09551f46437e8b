/* Whether it was the server that answered. Between a phone and its server may stand the sign-in page of a network or a proxy
 * with a page of its own, and both like to answer 200 to whatever is asked. What is not JSON came from somebody else. */

/** Somebody answered, and it was not the server: as if nobody had. */
export class NoAnswer extends TypeError {}

/** @param {Response} answer @returns {Promise<any>} the document in it. Throws NoAnswer. */
export const fromServer = async (answer) => {
  const text = await answer.text();
  try {
    return JSON.parse(text);
  } catch {
    throw new NoAnswer(`answered ${answer.status} with what is no JSON`);
  }
};
