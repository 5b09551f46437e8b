/* The list on the map. Shape and colour each say the restriction: a barred ring is off limits, a triangle is caution,
 * a hatched square an area. Many close together are one ring with their number. A rule for a kind of venue is no place:
 * its hexagon and the dotted outline of where it holds are quiet, in the ink of boundaries, until a reader chooses it. */
(() => {
  "use strict";
  const { Offlimits } = window;
  const { svg, element } = Offlimits;

  // ---- signs --------------------------------------------------------------------------------------------------------

  const BODIES = {
    premises: () => [
      svg("circle", { cx: 20, cy: 20, r: 15, class: "halo" }),
      svg("circle", { cx: 20, cy: 20, r: 11, class: "ring" }),
      svg("path", { d: "M12.4 12.4 27.6 27.6", class: "bar" }),
    ],
    area: () => [
      svg("rect", { x: 6, y: 6, width: 28, height: 28, rx: 7, class: "halo" }),
      svg("path", { d: "M10.5 20 20 10.5M10.5 29.5 29.5 10.5M20 29.5 29.5 20", class: "stripe" }),
      svg("rect", { x: 9.5, y: 9.5, width: 21, height: 21, rx: 4, class: "ring thin" }),
    ],
    category_rule: () => [
      svg("path", { d: "M20 3.5 34.3 11.7V28.3L20 36.5 5.7 28.3V11.7Z", class: "halo" }),
      svg("path", { d: "M20 8 30.4 14V26L20 32 9.6 26V14Z", class: "ring thin" }),
      svg("path", { d: "M14.5 17H25.5M14.5 23H25.5", class: "stripe" }),
    ],
    caution: () => [
      svg("path", { d: "M20 3.5 37 34.5H3Z", class: "halo" }),
      svg("path", { d: "M20 8.5 32.6 31.5H7.4Z", class: "warn" }),
      svg("path", { d: "M20 16.5V23.5M20 27.2V27.6", class: "mark" }),
    ],
    facility: () => [
      svg("rect", { x: 7, y: 7, width: 26, height: 26, rx: 8, class: "plate" }),
      svg("path", { d: "M13 15.5H25V20A5.5 5.5 0 0 1 19.5 25.5H18.5A5.5 5.5 0 0 1 13 20ZM25 16.8H27.5V20.5H25M13 28H25", class: "cup" }),
    ],
  };

  /* A storey sign in the corner: only part of the building is meant. */
  const partBadge = () => [
    svg("circle", { cx: 31, cy: 31, r: 7.5, class: "badge" }),
    svg("path", { d: "M27.6 29.4H34.4M27.6 32.6H34.4", class: "badge-mark" }),
  ];

  const signOf = ({ restriction, subject }) => (restriction === "caution" ? "caution" : BODIES[subject] ? subject : "premises");

  /* The sign as an element: the map's markers and the page's legend and lists use the same. */
  Offlimits.sign = (kind, part) =>
    svg("svg", { viewBox: "0 0 40 40", class: `offlimits-sign ${kind}`, "aria-hidden": "true", focusable: "false" }, ...BODIES[kind](), ...(part ? partBadge() : []));

  Offlimits.signOf = signOf;

  /* Of ten thousand entries few are ever seen: one icon a kind, and its picture is made when a marker is drawn. */
  const Sign = L.DivIcon.extend({
    createIcon(former) {
      const made = L.DivIcon.prototype.createIcon.call(this, former);
      made.replaceChildren(Offlimits.sign(this.options.kind, this.options.part));
      return made;
    },
  });
  const icons = new Map();

  const icon = (kind, part) => {
    const key = `${kind} ${Boolean(part)}`;
    if (!icons.has(key)) icons.set(key, new Sign({ className: "offlimits-pin", iconSize: [44, 44], kind, part: Boolean(part) }));
    return icons.get(key);
  };

  /* Signs below those of the list, in the order in which they get a place: from which zoom each stands is its own. */
  const LOW = "offlimits-signs-low";
  const FACILITIES_FROM = 12;
  const FOOTPRINTS_FROM = 14; // further off the footprint of a house is a speck beside its sign

  const pressable = (marker, act) =>
    marker.on("click", act).on("keypress", ({ originalEvent }) => {
      if (originalEvent.key !== "Enter" && originalEvent.key !== " ") return;
      originalEvent.preventDefault(); // the space bar would scroll the page
      act();
    });

  /* The restriction in words, for those who hear the map. */
  const spoken = ({ restriction, subject, part }, labels) =>
    [labels[restriction], subject === "premises" ? "" : labels[subject], part ? labels.part : ""].filter(Boolean).join(", ");

  const ringOf = (spots) => {
    const count = spots.length, size = count < 10 ? 44 : count < 100 ? 50 : 58, isBarred = spots.some(({ entry }) => entry.properties.restriction !== "caution");
    return L.divIcon({ className: `offlimits-cluster ${isBarred ? "off_limits" : "caution"}`, iconSize: [size, size], html: element("b", "", String(count)) });
  };

  // ---- where the sign of a shape stands ------------------------------------------------------------------------------

  const rings = ({ type, coordinates, geometries }) => {
    if (type === "Polygon") return [coordinates];
    if (type === "MultiPolygon") return coordinates;
    return type === "GeometryCollection" ? geometries.flatMap(rings) : [];
  };

  const doubleArea = (ring) => ring.slice(1).reduce((sum, [x, y], i) => sum + ring[i][0] * y - x * ring[i][1], 0);

  /* The middle of the widest stretch of a polygon at half its height: always inside, unlike its centre of mass. */
  const inside = (polygon) => {
    const lats = polygon[0].map(([, lat]) => lat);
    const lat = (Math.min(...lats) + Math.max(...lats)) / 2 + 1e-9;
    const cuts = polygon.flatMap((ring) => ring.slice(1).flatMap(([x, y], i) => {
      const [x0, y0] = ring[i];
      return y0 > lat !== y > lat ? [x0 + ((lat - y0) * (x - x0)) / (y - y0)] : [];
    })).sort((a, b) => a - b);
    let best = [cuts[0], cuts[0]];
    for (let i = 0; i + 1 < cuts.length; i += 2) {
      if (cuts[i + 1] - cuts[i] > best[1] - best[0]) best = [cuts[i], cuts[i + 1]];
    }
    return L.latLng(lat, (best[0] + best[1]) / 2);
  };

  const points = ({ type, coordinates, geometries }) => {
    if (type === "Point") return [coordinates];
    if (type === "MultiPoint" || type === "LineString") return coordinates;
    return type === "GeometryCollection" ? geometries.flatMap(points) : [];
  };

  const spots = (geometry) => {
    const shapes = rings(geometry).sort((a, b) => Math.abs(doubleArea(b[0])) - Math.abs(doubleArea(a[0])));
    if (shapes.length) return [inside(shapes[0])];
    return points(geometry).map(([lon, lat]) => L.latLng(lat, lon));
  };

  // ---- hatching ------------------------------------------------------------------------------------------------------

  const hatch = (name) =>
    svg("pattern", { id: `offlimits-hatch-${name}`, width: 9, height: 9, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" },
      svg("rect", { width: 9, height: 9, class: `hatch-ground ${name}` }),
      svg("path", { d: "M0 0V9", class: `hatch-line ${name}` }));

  const addHatches = (map) => {
    if (document.getElementById("offlimits-hatch-off_limits")) return;
    const defs = svg("defs", {}, hatch("off_limits"), hatch("caution"));
    map.getContainer().append(svg("svg", { class: "offlimits-patterns", "aria-hidden": "true", width: 0, height: 0 }, defs));
  };

  const isRule = ({ properties }) => properties.subject === "category_rule";

  /* Most of what lies in the reach of a rule is not off limits: it is never hatched, and a click goes through it. */
  const reachOf = (entry, pane) => Offlimits.outline(entry.geometry, pane, "offlimits-reach", { weight: 2, fillOpacity: 1 });

  const shapeOf = (entry, pick, { shapes, reaches }) => {
    if (isRule(entry)) return reachOf(entry, reaches);
    const { restriction, subject } = entry.properties;
    const hatched = subject !== "premises";
    return L.geoJSON(entry.geometry, {
      pane: shapes,
      pointToLayer: () => null,
      smoothFactor: 0.5,
      style: () => ({
        className: `offlimits-shape ${subject} ${restriction}`,
        fillColor: hatched ? `url(#offlimits-hatch-${restriction})` : undefined,
        fillOpacity: 1,
        weight: hatched ? 2 : 2.5,
      }),
    }).on("click", (event) => {
      L.DomEvent.stop(event);
      pick();
    });
  };

  // ---- the layer ------------------------------------------------------------------------------------------------------

  /* Where each part of a list is drawn, unless its options say otherwise. */
  const PANES = { shapes: "overlayPane", reaches: "offlimits-bounds", signs: "markerPane", rules: LOW };

  Offlimits.Entries = L.LayerGroup.extend({
    initialize(options) {
      L.LayerGroup.prototype.initialize.call(this);
      this._url = options.url;
      this._panes = { ...PANES, ...options.panes };
      this._shown = new Map();
      this._far = [];
    },
    onAdd(map) {
      addHatches(map);
      Offlimits.entriesLayer = this;
      L.LayerGroup.prototype.onAdd.call(this, map);
      map.on("moveend", this._footprints, this);
      if (this._asked) return;
      this._asked = true;
      Offlimits.load(this._url).then((edition) => this._draw(edition)).catch((reason) => {
        this._asked = false;
        Offlimits.fail("edition", this._url, Offlimits.labels.list_failed);
        throw reason; // a fault of ours must be seen in the console, not only as a missing list
      });
    },
    onRemove(map) {
      map.off("moveend", this._footprints, this);
      L.LayerGroup.prototype.onRemove.call(this, map);
    },
    _draw(edition) {
      const mapped = edition.features.filter(({ geometry }) => geometry);
      const unmapped = edition.features.filter(({ geometry }) => !geometry);
      this._signs = new Offlimits.Gathering({
        spots: mapped.flatMap((entry) => this._entry(entry)),
        sign: ({ entry }, at) => this._marker(entry, at),
        ring: ringOf,
        radius: (zoom) => (zoom < 11 ? 58 : zoom < 15 ? 46 : 30),
        pane: this._panes.signs,
        lines: this._panes.shapes,
      });
      this.addLayer(this._signs);
      this._footprints();
      this._drawn(edition, mapped, unmapped);
    },
    _drawn(edition, mapped, unmapped) {
      if (!edition.features.length) Offlimits.notice(Offlimits.labels.lists_nothing);
      performance.mark("offlimits:ready");
      this._map.getContainer().dataset.ready = String(mapped.length);
      Offlimits.tell("ready", { edition, mapped: mapped.length, unmapped });
    },
    /* Keeps what is known of an entry; gives the spots of its signs. A rule is counted with no premises. */
    _entry(entry) {
      const { properties, geometry, id } = entry, at = spots(geometry), hasShape = rings(geometry).length > 0, isPremises = properties.subject === "premises";
      const known = { entry, at, shape: null, bounds: hasShape && L.latLngBounds(rings(geometry).flat(2).map(([lon, lat]) => [lat, lon])) };
      this._shown.set(id, known);
      if (hasShape && isPremises) this._far.push(known);
      else if (hasShape) this._outline(known);
      if (!isRule(entry)) return at.map((spot) => ({ at: spot, entry }));
      for (const spot of at) this.addLayer(this._marker(entry, spot));
      return [];
    },
    _outline(known) {
      known.shape = shapeOf(known.entry, () => this._pick(known.entry), this._panes);
      this.addLayer(known.shape);
      if (this._chosen === known.entry.id) this._emphasise(known);
    },
    /* Footprints of houses are drawn where they can be told from their sign, and only those in view. */
    _footprints() {
      const isNear = this._map.getZoom() >= FOOTPRINTS_FROM, view = this._map.getBounds().pad(0.5);
      for (const known of this._far) {
        const isSeen = known.entry.id === this._chosen || (isNear && view.intersects(known.bounds));
        if (isSeen && !known.shape) this._outline(known);
        if (isSeen || !known.shape) continue;
        this.removeLayer(known.shape);
        known.shape = null;
      }
    },
    _marker(entry, at) {
      const { properties, id } = entry, pane = this._panes[isRule(entry) ? "rules" : "signs"];
      const marker = L.marker(at, { pane, icon: icon(signOf(properties), properties.part), title: properties.name, riseOnHover: true });
      marker.on("add", () => {
        const sign = marker.getElement();
        sign.dataset.from = 0;
        sign.setAttribute("aria-label", `${properties.name}: ${spoken(properties, Offlimits.labels)}`);
        sign.dataset.entry = id;
        sign.classList.toggle("chosen", this._chosen === id);
      });
      return pressable(marker, () => this._pick(entry));
    },
    _pick(entry) {
      this._mark(entry.id);
      Offlimits.tell("pick", { entry });
    },
    _mark(id) {
      this.clear();
      this._chosen = id;
      const known = this._shown.get(id), { at, entry } = known, unsure_m = isRule(entry) ? 0 : entry.properties.uncertainty_m;
      this._footprints();
      this._emphasise(known);
      if (unsure_m > 0) {
        this._doubt = L.circle(at[0], { radius: unsure_m, className: "offlimits-doubt", interactive: false, pane: this._panes.shapes });
        this.addLayer(this._doubt);
      }
    },
    _emphasise({ entry, shape }) {
      for (const sign of this._map.getContainer().querySelectorAll(`[data-entry="${CSS.escape(entry.id)}"]`)) sign.classList.add("chosen");
      for (const drawn of shape ? shape.getLayers() : []) drawn.getElement()?.classList.add("chosen");
    },
    clear() {
      this._chosen = undefined;
      Offlimits.words.soon();
      if (this._doubt) this.removeLayer(this._doubt);
      for (const sign of this._map.getContainer().querySelectorAll(".leaflet-map-pane .chosen")) sign.classList.remove("chosen");
      this._footprints();
    },
    show(id) {
      const known = this._shown.get(id);
      if (!known) return false;
      const bounds = known.bounds || L.latLngBounds(known.at);
      this._map.fitBounds(bounds, { maxZoom: 18, padding: [80, 80], animate: !Offlimits.calm() });
      this._mark(id);
      return true;
    },
  });

  // ---- welfare facilities ----------------------------------------------------------------------------------------------

  const facility = (item) => ({ geometry: item.geometry, properties: item.properties || item });

  Offlimits.Facilities = L.LayerGroup.extend({
    initialize(options) {
      L.LayerGroup.prototype.initialize.call(this);
      this._url = options.url;
    },
    onAdd(map) {
      L.LayerGroup.prototype.onAdd.call(this, map);
      if (this._asked) return;
      this._asked = true;
      Offlimits.load(this._url).then((edition) => this._draw(edition), () => {}); // the entries say it aloud
    },
    _draw({ offlimits }) {
      const shown = (offlimits.facilities || []).map(facility).filter(({ geometry }) => geometry);
      for (const item of shown) for (const at of spots(item.geometry)) this.addLayer(this._marker(item, at));
      Offlimits.words.soon();
    },
    _marker({ properties }, at) {
      const tell = () => Offlimits.tell("facility", { facility: properties });
      const marker = L.marker(at, { icon: icon("facility", null), title: properties.name, pane: LOW });
      marker.on("add", () => {
        marker.getElement().setAttribute("aria-label", `${properties.name}: ${Offlimits.labels.facility}`);
        marker.getElement().dataset.from = FACILITIES_FROM;
      });
      return pressable(marker, tell);
    },
  });
})();
