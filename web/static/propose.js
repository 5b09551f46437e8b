/* The map beside the form of a proposal: a touch fills in the position, an outline is sent with the form. */
(() => {
  "use strict";
  const position = document.getElementById("position");
  const geometry = document.getElementById("geometry");
  const drawn = document.getElementById("drawn");
  const DIGITS = 6; // a tenth of a metre

  const take = (shape) => {
    const outline = shape && shape.type !== "Point";
    geometry.value = outline ? JSON.stringify(shape) : "";
    drawn.hidden = !outline;
    position.disabled = outline;
    if (shape && !outline) write(shape.coordinates[1], shape.coordinates[0]);
  };

  const write = (lat, lon) => {
    position.value = `${lat.toFixed(DIGITS)}, ${lon.toFixed(DIGITS)}`;
    window.Offlimits.here({ lat, lon, accuracy_m: 0 });
  };

  document.addEventListener("offlimits:drawn", ({ detail }) => take(detail.geometry));
  document.addEventListener("offlimits:clicked", ({ detail }) => {
    if (!geometry.value) write(detail.lat, detail.lon);
  });
})();
