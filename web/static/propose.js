/* The map beside the form of a proposal: a touch or the device's place fills in the position, an outline is sent with the
 * form. From far off a finger covers streets, so a touch there only comes closer. */
(() => {
  "use strict";
  const [position, accuracy, geometry, drawn] = ["position", "uncertainty_m", "geometry", "drawn"].map((id) => document.getElementById(id));
  const DIGITS = 6; // a tenth of a metre
  const TOUCH_ZOOM = 15, CLOSER = 3;
  let filled = ""; // the accuracy that was filled in, not typed

  const take = (shape) => {
    const outline = shape && shape.type !== "Point";
    geometry.value = outline ? JSON.stringify(shape) : "";
    drawn.hidden = !outline;
    position.disabled = outline;
    if (shape && !outline) write({ lat: shape.coordinates[1], lon: shape.coordinates[0] });
    else told();
  };

  /* What is filled in by hand tells so by itself. */
  const told = () => position.dispatchEvent(new Event("input", { bubbles: true }));

  const write = ({ lat, lon, accuracy_m: metres }) => {
    position.value = `${lat.toFixed(DIGITS)}, ${lon.toFixed(DIGITS)}`;
    if (accuracy.value === filled) accuracy.value = filled = metres ? String(Math.ceil(metres)) : "";
    window.Offlimits.here({ lat, lon, accuracy_m: metres ?? 0 });
    told();
  };

  document.addEventListener("offlimits:drawn", ({ detail }) => take(detail.geometry));
  document.addEventListener("offlimits:located", ({ detail }) => geometry.value || write(detail));
  document.addEventListener("offlimits:clicked", ({ detail: { lat, lon } }) => {
    const { Offlimits } = window, zoom = Offlimits.map.getZoom();
    if (zoom < TOUCH_ZOOM) Offlimits.look({ lat, lon, zoom: Math.min(zoom + CLOSER, TOUCH_ZOOM + 1) });
    else if (!geometry.value) write({ lat, lon });
  });

  // Where the place is that a change sets right.
  const { lat, lon } = document.querySelector("form.proposal").dataset;
  if (lat) {
    window.Offlimits.look({ lat: Number(lat), lon: Number(lon), zoom: TOUCH_ZOOM + 2 });
    window.Offlimits.here({ lat: Number(lat), lon: Number(lon), accuracy_m: 0 });
  }
})();
