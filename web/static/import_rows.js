/* A row that is pressed on the map is shown in the table, where it stands on this page. */
let picked;

document.addEventListener("offlimits:row", ({ detail }) => {
  const row = document.getElementById(`row-${detail.row}`);
  picked?.classList.remove("picked");
  picked = row;
  if (!row) return;
  row.classList.add("picked");
  row.scrollIntoView({ block: "center" });
  const place = row.querySelector("a") ?? row;
  if (place === row) row.tabIndex = -1;
  place.focus({ preventScroll: true });
});
