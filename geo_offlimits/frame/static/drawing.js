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

  const tell = () => Offlimits.tell("drawn", { geometry: Offlimits.drawn() });

  Offlimits.prepareDrawing = (map) => {
    translate(Offlimits.labels);
    outlineStyle();
    const sign = Offlimits.svg("svg", { viewBox: "0 0 40 40", class: "offlimits-sign drawing" }, Offlimits.svg("path", { d: "M20 4V15M20 25V36M4 20H15M25 20H36", class: "cross" }), Offlimits.svg("circle", { cx: 20, cy: 20, r: 10, class: "cross" }));
    L.Draw.Marker.prototype.options.icon = L.divIcon({ className: "offlimits-pin", iconSize: [44, 44], html: sign });
    map.on("draw:drawstart draw:editstart draw:deletestart", () => { map.offlimitsDrawing = true; });
    // Later, so that the click that ends a drawing is not also a click on the map.
    map.on("draw:drawstop draw:editstop draw:deletestop", () => setTimeout(() => { map.offlimitsDrawing = false; }, 0));
    map.on("draw:created", ({ layer }) => {
      if (Offlimits.drawnLayer) Offlimits.drawnLayer.remove();
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
