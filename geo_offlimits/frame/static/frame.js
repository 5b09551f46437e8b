/* The frame of the off-limits map: what pages call, what they hear, and what the layers share.
 *
 * Pages call (window.Offlimits)
 *   load(url)                the JSON document at url, fetched once
 *   provide(url, document)   puts a document under an address, so that load(url) needs no network
 *   show(id)                 moves to the entry with this id and marks it; false where it has no place on the map
 *   clear()                  takes the mark away
 *   here({lat, lon, accuracy_m})  shows the reader's position with its accuracy; here(null) takes it away
 *   look({lat, lon, zoom})   moves the map
 *   locate()                 asks the device for its position once
 *   drawn()                  the drawing as a GeoJSON geometry, or null (officers)
 *   map                      the Leaflet map, once built
 *
 * Pages hear (on document; all in event.detail)
 *   offlimits:ready     {edition, mapped, unmapped}  the list is on the map; unmapped are the entries without a place
 *   offlimits:failed    {what, url}                  "edition", "basemap", "streets" or "position" is missing
 *   offlimits:pick      {entry}                      a reader chose this entry (a GeoJSON feature)
 *   offlimits:facility  {facility}                   a reader chose this welfare place
 *   offlimits:clicked   {lat, lon}                   a reader chose a spot on the map
 *   offlimits:located   {lat, lon, accuracy_m}       the device told its position
 *   offlimits:drawn     {geometry}                   an officer drew, changed or (null) removed an outline or a place
 *
 * Names and every other word of the list are only ever set as text.
 */
(() => {
  "use strict";

  const documents = new Map();
  const SVG = "http://www.w3.org/2000/svg";
  const Offlimits = { map: null, labels: {}, entriesLayer: null, drawnLayer: null };
  window.Offlimits = Offlimits;

  Offlimits.provide = (url, json) => documents.set(url, Promise.resolve(json));

  Offlimits.load = (url) => {
    if (!documents.has(url)) {
      const answer = fetch(url, { credentials: "same-origin" }).then((response) => {
        if (!response.ok) throw new Error(`${url} answered ${response.status}`);
        return response.json();
      });
      answer.catch(() => documents.delete(url));
      documents.set(url, answer);
    }
    return documents.get(url);
  };

  Offlimits.tell = (name, detail) => document.dispatchEvent(new CustomEvent(`offlimits:${name}`, { detail }));

  // ---- small makers ----------------------------------------------------------------------------------------------

  Offlimits.element = (tag, className, text) => {
    const made = document.createElement(tag);
    if (className) made.className = className;
    if (text !== undefined && text !== null) made.textContent = text;
    return made;
  };

  Offlimits.svg = (tag, attributes, ...children) => {
    const made = document.createElementNS(SVG, tag);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    made.append(...children);
    return made;
  };

  /* A colour of the theme, for canvases; everything else takes it from the style sheet by itself. */
  Offlimits.colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--map-${name}`).trim();

  Offlimits.onTheme = (redraw) => matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);

  Offlimits.calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

  /* Who asked for no motion gets none: neither zooming, nor panning by the arrow keys, nor gliding on after a swipe. */
  if (Offlimits.calm()) {
    const { panBy } = L.Map.prototype;
    L.Map.mergeOptions({ zoomAnimation: false, markerZoomAnimation: false, fadeAnimation: false, inertia: false });
    L.Map.include({
      panBy(offset, options) {
        return panBy.call(this, offset, { ...options, animate: false });
      },
    });
  }

  /* Geometry as Leaflet layers, without Leaflet's own styling of points. */
  Offlimits.outline = (geometry, pane, className, options) =>
    L.geoJSON(geometry, {
      pane,
      interactive: false,
      smoothFactor: 0.7,
      pointToLayer: () => null,
      style: () => ({ className, ...options }),
    });

  // ---- notices: a blank map would read as "nothing is off limits" --------------------------------------------------

  const Notice = L.Control.extend({
    options: { position: "topleft" },
    initialize(text) {
      this._text = text;
    },
    onAdd() {
      const box = Offlimits.element("div", "offlimits-notice", this._text);
      box.setAttribute("role", "alert");
      return box;
    },
  });

  Offlimits.notice = (text) => new Notice(text).addTo(Offlimits.map);

  Offlimits.fail = (what, url, text) => {
    if (text && Offlimits.map) Offlimits.notice(text);
    Offlimits.tell("failed", { what, url });
  };

  // ---- beginning and end of a map ----------------------------------------------------------------------------------

  /* Panes from the ground up. Leaflet's own: tiles 200, overlays 400, markers 600. */
  const PANES = { "offlimits-land": 150, "offlimits-grid": 250, "offlimits-bounds": 300, "offlimits-signs-low": 590, "offlimits-words": 595 };

  Offlimits.begin = (map, { labels }) => {
    Object.assign(Offlimits, { map, labels });
    for (const [name, depth] of Object.entries(PANES)) {
      const pane = map.createPane(name);
      pane.style.zIndex = depth;
      pane.classList.add(name);
    }
    map.getPane("offlimits-words").style.pointerEvents = "none";
    Offlimits.words.addTo(map);
    map.attributionControl.setPrefix(false);
    const box = map.getContainer();
    box.setAttribute("role", "region");
    box.setAttribute("aria-label", labels.map_name);
    map.on("click", (event) => {
      if (map.offlimitsDrawing) return;
      const { lat, lng } = event.latlng.wrap();
      Offlimits.tell("clicked", { lat, lon: lng });
    });
    map.on("locationfound", (event) => {
      const { lat, lng } = event.latlng;
      Offlimits.here({ lat, lon: lng, accuracy_m: event.accuracy });
      Offlimits.tell("located", { lat, lon: lng, accuracy_m: event.accuracy });
    });
    map.on("locationerror", () => Offlimits.tell("failed", { what: "position", url: null, text: labels.position_failed }));
  };

  /* Leaflet's picture of sheets is grey on any ground; this one takes the ink of the theme. */
  const sheets = () =>
    Offlimits.svg("svg", { viewBox: "0 0 24 24", class: "offlimits-sheets", "aria-hidden": "true" },
      Offlimits.svg("path", { d: "M12 3.5 21 8.5 12 13.5 3 8.5Z" }),
      Offlimits.svg("path", { d: "M3 12.3 12 17.3 21 12.3M3 16 12 21 21 16" }));

  Offlimits.end = (map) => {
    const { labels } = Offlimits;
    L.control.zoom({ position: "bottomright", zoomInTitle: labels.zoom_in, zoomOutTitle: labels.zoom_out }).addTo(map);
    L.control.scale({ position: "bottomleft", imperial: false, maxWidth: 110 }).addTo(map);
    Offlimits.addReadout(map);
    if (Offlimits.dressDrawing) Offlimits.dressDrawing(map);
    const toggle = map.getContainer().querySelector(".leaflet-control-layers-toggle");
    if (toggle) {
      toggle.title = labels.layers;
      toggle.setAttribute("aria-label", labels.layers);
      toggle.append(sheets());
    }
  };

  // ---- the reader's position ---------------------------------------------------------------------------------------

  const you = L.layerGroup();

  Offlimits.here = (position) => {
    you.clearLayers();
    Offlimits.readout?.found(position);
    if (!position) return;
    const at = [position.lat, position.lon];
    const dot = L.marker(at, {
      icon: L.divIcon({ className: "offlimits-you", iconSize: [24, 24], html: Offlimits.element("i") }),
      interactive: false,
      keyboard: false,
      zIndexOffset: 2000,
    });
    you.addLayer(L.circle(at, { radius: position.accuracy_m || 0, className: "offlimits-accuracy", interactive: false }));
    you.addLayer(dot).addTo(Offlimits.map);
    const sign = dot.getElement();
    sign.setAttribute("role", "img");
    sign.setAttribute("aria-label", Offlimits.labels.you);
  };

  /* Gives nothing back: who drives a browser by a program would get the whole map, with every entry on it, as text. */
  Offlimits.look = ({ lat, lon, zoom }) => {
    Offlimits.map.setView([lat, lon], zoom || Offlimits.map.getZoom(), { animate: !Offlimits.calm() });
  };

  Offlimits.locate = () =>
    Offlimits.map.locate({ setView: true, maxZoom: 17, enableHighAccuracy: true, timeout: 20000 });

  // ---- what the layer of entries and the drawing answer --------------------------------------------------------------

  Offlimits.show = (id) => (Offlimits.entriesLayer ? Offlimits.entriesLayer.show(id) : false);
  Offlimits.clear = () => Offlimits.entriesLayer && Offlimits.entriesLayer.clear();
  Offlimits.drawn = () => (Offlimits.drawnLayer ? Offlimits.drawnLayer.toGeoJSON(7).geometry : null);
})();
