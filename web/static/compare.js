/* A sign of two times leads to its listing in the tables below the map; what is folded there is opened. */
(() => {
  "use strict";
  document.addEventListener("offlimits:pick", ({ detail }) => {
    const link = document.querySelector(`main a[href$="/${CSS.escape(detail.entry.id)}"]`);
    const folded = link?.closest("details");
    if (folded) folded.open = true;
    link?.focus();
  });
})();
