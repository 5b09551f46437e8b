/* The rows of a list that has not landed. Each has the shape and the colour of where it stands, as in the table beside the
 * map; many close together are one ring with their number. The map shows all but those that the page calls `away`. A row
 * that is pressed is told of: `offlimits:row` {row}. */
(() => {
  "use strict";
  const { Offlimits } = window;
  const { svg, element } = Offlimits;
  const SIZE_PX = 44, CLOSEST = 16, PAD_PX = [40, 40];

  const Sign = L.DivIcon.extend({
    createIcon(former) {
      const made = L.DivIcon.prototype.createIcon.call(this, former), { href } = this.options;
      const picture = svg("svg", { viewBox: "0 0 24 24", "aria-hidden": "true", focusable: "false" });
      picture.append(svg("circle", { cx: 12, cy: 12, r: 15, class: "halo" }), svg("use", { href }));
      made.replaceChildren(picture);
      return made;
    },
  });

  const ringOf = (spots) =>
    L.divIcon({ className: "offlimits-cluster rows", iconSize: [SIZE_PX, SIZE_PX], html: element("b", "", String(spots.length)) });

  Offlimits.Rows = L.LayerGroup.extend({
    initialize({ url, icons }) {
      L.LayerGroup.prototype.initialize.call(this);
      Object.assign(this, { _url: url, _icons: icons });
    },
    onAdd(map) {
      L.LayerGroup.prototype.onAdd.call(this, map);
      Offlimits.load(this._url).then((list) => this._draw(list)).catch((reason) => {
        Offlimits.fail("rows", this._url, Offlimits.labels.rows_failed);
        throw reason;
      });
    },
    _draw({ features }) {
      const spots = features.filter(({ geometry }) => geometry).map((row) => ({ at: L.latLng(row.geometry.coordinates[1], row.geometry.coordinates[0]), entry: row }));
      this.addLayer(new Offlimits.Gathering({
        spots,
        sign: ({ entry }, at) => this._marker(entry, at),
        ring: ringOf,
        radius: (zoom) => (zoom < 11 ? 58 : zoom < 15 ? 46 : 30),
        pane: "markerPane",
        lines: "overlayPane",
      }));
      const shown = spots.filter(({ entry }) => !entry.properties.away).map(({ at }) => at);
      if (shown.length) this._map.fitBounds(L.latLngBounds(shown), { maxZoom: CLOSEST, padding: PAD_PX, animate: false });
      this._map.getContainer().dataset.ready = String(spots.length);
    },
    _marker({ id, properties: { name, status } }, at) {
      const { labels } = Offlimits, number = typeof id === "number" ? `${labels.row_number} ${id}` : id;
      const told = [`${number}, ${name}`, labels[`row_${status}`]].filter(Boolean).join(": ");
      const icon = new Sign({ className: `offlimits-row ${status}`, iconSize: [SIZE_PX, SIZE_PX], href: `${this._icons}#row-${status}` });
      const marker = L.marker(at, { icon, title: told, riseOnHover: true });
      marker.on("add", () => {
        const sign = marker.getElement();
        sign.dataset.from = 0;
        sign.dataset.row = id;
        sign.setAttribute("aria-label", told);
      });
      const pick = () => Offlimits.tell("row", { row: id });
      return marker.on("click", pick).on("keypress", ({ originalEvent }) => {
        if (originalEvent.key !== "Enter" && originalEvent.key !== " ") return;
        originalEvent.preventDefault();
        pick();
      });
    },
  });
})();
