/* Officers draw one outline or mark one place with Folium's draw control; this gives it words, a sign and events. */
(() => {
  "use strict";
  const { Offlimits } = window;

  const translate = (words) => {
    const { draw, edit } = L.drawLocal;
    const both = (target, text) => Object.assign(target, { title: text, text });
    both(draw.toolbar.actions, words.draw_cancel);
    both(draw.toolbar.finish, words.draw_finish);
    both(draw.toolbar.undo, words.draw_undo);
    Object.assign(draw.toolbar.buttons, { polygon: words.draw_area, marker: words.draw_point });
    Object.assign(draw.handlers.polygon.tooltip, { start: words.draw_first, cont: words.draw_next, end: words.draw_last });
    draw.handlers.polyline.error = words.draw_crossing;
    draw.handlers.marker.tooltip.start = words.draw_place;
    both(edit.toolbar.actions.save, words.draw_save);
    both(edit.toolbar.actions.cancel, words.draw_cancel);
    both(edit.toolbar.actions.clearAll, words.draw_delete);
    Object.assign(edit.toolbar.buttons, { edit: words.draw_edit, editDisabled: words.draw_edit, remove: words.draw_delete, removeDisabled: words.draw_delete });
    Object.assign(edit.handlers.edit.tooltip, { text: words.draw_edit, subtext: "" });
    Object.assign(edit.handlers.remove.tooltip, { text: words.draw_delete });
  };

  const outlineStyle = () => {
    const colour = Offlimits.colour("here");
    Object.assign(L.Draw.Polyline.prototype.options.shapeOptions, { color: colour, className: "offlimits-drawing" });
    Object.assign(L.Draw.Polygon.prototype.options.shapeOptions, { color: colour, className: "offlimits-drawing" });
  };

  /* Pictures of our own on the buttons: they take the ink of the theme and fill a thumb's width. */
  const BUTTONS = {
    "leaflet-draw-draw-polygon": "M12 3.5 20.5 9.7 17.3 19.5H6.7L3.5 9.7Z",
    "leaflet-draw-draw-marker": "M12 21C8 15.8 5.5 12.8 5.5 9.7A6.5 6.5 0 0 1 18.5 9.7C18.5 12.8 16 15.8 12 21ZM12 7.4A2.4 2.4 0 1 1 11.9 7.4Z",
    "leaflet-draw-edit-edit": "M4 20 5 15.5 15.8 4.7A1.8 1.8 0 0 1 18.4 4.7L19.3 5.6A1.8 1.8 0 0 1 19.3 8.2L8.5 19ZM13.8 6.7 17.3 10.2",
    "leaflet-draw-edit-remove": "M5 7H19M9.5 7V4.5H14.5V7M7 7 7.8 20H16.2L17 7M10.3 10.5V16.5M13.7 10.5V16.5",
  };

  Offlimits.dressDrawing = (map) => {
    for (const [name, d] of Object.entries(BUTTONS)) {
      const picture = Offlimits.svg("svg", { viewBox: "0 0 24 24", "aria-hidden": "true" }, Offlimits.svg("path", { d }));
      for (const anchor of map.getContainer().getElementsByClassName(name)) anchor.append(picture);
    }
  };

  const tell = () => Offlimits.tell("drawn", { geometry: Offlimits.drawn() });

  /* One drawing at a time: the former leaves the map and the group that Folium keeps it in. */
  const forget = (map, former) => map.eachLayer((group) => {
    if (group.hasLayer && group.hasLayer(former)) group.removeLayer(former);
  });

  Offlimits.prepareDrawing = (map, { labels }) => {
    translate(labels);
    outlineStyle();
    const sign = Offlimits.svg("svg", { viewBox: "0 0 40 40", class: "offlimits-sign" },
      Offlimits.svg("path", { d: "M20 4V15M20 25V36M4 20H15M25 20H36", class: "cross" }),
      Offlimits.svg("circle", { cx: 20, cy: 20, r: 10, class: "cross" }));
    L.Draw.Marker.prototype.options.icon = L.divIcon({ className: "offlimits-pin", iconSize: [44, 44], html: sign });
    map.on("draw:drawstart draw:editstart draw:deletestart", () => { map.offlimitsDrawing = true; });
    // Later, so that the click that ends a drawing is not also a click on the map.
    map.on("draw:drawstop draw:editstop draw:deletestop", () => setTimeout(() => { map.offlimitsDrawing = false; }, 0));
    map.on("draw:created", ({ layer }) => {
      if (Offlimits.drawnLayer) forget(map, Offlimits.drawnLayer);
      Offlimits.drawnLayer = layer;
      tell();
    });
    map.on("draw:edited", tell);
    map.on("draw:deleted", ({ layers }) => {
      if (Offlimits.drawnLayer && layers.hasLayer(Offlimits.drawnLayer)) Offlimits.drawnLayer = null;
      tell();
    });
  };
})();
