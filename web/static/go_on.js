/* Sends the page's one form on: what a provider had the browser bring. Without JavaScript there is its button. */
document.querySelector("form[data-go-on]").requestSubmit();
