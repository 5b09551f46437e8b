/* The service worker: keeps the shell of the look-up page, so that it opens with the server gone. SHELL, its name and its
 * addresses, stands above, put there by the server.
 *
 * It keeps files of the program alone. What anybody may not see, a list, a page of the register, an answer to a question, it
 * neither keeps nor looks at: such requests go their own way. */
const PREFIX = "offlimits-shell-", CACHE = PREFIX + SHELL.name, PAGE = "/device";

/* With the cookie that says the language; a session beside it changes nothing in what these addresses answer. */
const fresh = (address) => new Request(address, { cache: "reload", credentials: "same-origin" });

const filled = async () => (await caches.open(CACHE)).addAll(SHELL.addresses.map(fresh));

/* Where a browser can be told beforehand, it takes the shell out of the cache without waking this worker for each file,
 * and asks the network for what is not there, as this worker does (Static Routing of service workers, W3C). */
const ROUTES = [
  { condition: { urlPattern: { pathname: "/static/*" } }, source: { cacheName: CACHE } },
  { condition: { urlPattern: { pathname: "/device/map.js" } }, source: { cacheName: CACHE } },
  { condition: { urlPattern: { pathname: PAGE, search: "" }, requestMode: "navigate" }, source: { cacheName: CACHE } },
];

self.addEventListener("install", (/** @type {any} */ event) => {
  if (event.addRoutes) event.waitUntil(event.addRoutes(ROUTES));
  event.waitUntil(filled().then(() => self.skipWaiting()));
});

/* A worker that stayed when its shell was deleted is not installed again: who keeps a list anew asks for the shell. */
self.addEventListener("message", (event) => {
  const [port] = event.ports;
  event.waitUntil(filled().then(() => port.postMessage("filled"), (reason) => port.postMessage(reason.message)));
});

self.addEventListener("activate", (event) => {
  const cleared = caches.keys().then((names) => Promise.all(names.filter((name) => name.startsWith(PREFIX) && name !== CACHE).map((name) => caches.delete(name))));
  event.waitUntil(cleared.then(() => self.clients.claim()));
});

const kept = async (address) => (await caches.open(CACHE)).match(address);

/* The start page of somebody who is not reached leads to what is on the device. */
const start = async (request) => {
  try {
    return await fetch(request);
  } catch (reason) {
    if (await kept(PAGE)) return Response.redirect(PAGE);
    throw reason;
  }
};

self.addEventListener("fetch", (event) => {
  const { request } = event, url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  const address = url.pathname + url.search;
  if (request.mode === "navigate" && url.pathname === PAGE) {
    event.respondWith(kept(PAGE).then((found) => found ?? fetch(request)));
  } else if (request.mode === "navigate" && url.pathname === "/") {
    event.respondWith(start(request));
  } else if (SHELL.addresses.includes(address)) {
    event.respondWith(kept(address).then((found) => found ?? fetch(request)));
  }
});
