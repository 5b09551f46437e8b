/* Signs that would cover one another stand as one ring with their number; a ring opens on a click. Made for ten thousand:
 * groups are numbers until a reader comes near, and only what the map shows, and a little beyond, is ever drawn.
 *
 *   new Offlimits.Gathering({spots, sign, ring, radius, pane})
 *     spots   [{at, entry}]; at is a L.LatLng
 *     sign    (spot, at) -> the marker of one spot, drawn at `at`
 *     ring    (spots) -> the icon of several
 *     radius  (zoom) -> how near in pixels is too near
 *
 * From FAN_ZOOM on nothing is gathered: what lies on one spot, such as two bars in a house, stands around it. */
(() => {
  "use strict";
  const { Offlimits } = window;
  const FAN_ZOOM = 18, FAN_PX = 14, SIGN_PX = 46, BEYOND = 0.35, KEPT_ZOOMS = 3, WORLD_PX = 256;

  /* Groups of all spots at one zoom, by the first of each: as many numbers, whatever the reader looks at. */
  const grouped = (x, y, scale, radius) => {
    const group = new Int32Array(x.length), leaders = [], cells = new Map(), span = 2 ** 22;
    const near = (i, column, row) => {
      for (let dx = -1; dx <= 1; dx += 1) {
        for (let dy = -1; dy <= 1; dy += 1) {
          for (const one of cells.get((column + dx) * span + row + dy) ?? []) {
            const j = leaders[one];
            if (Math.hypot(x[i] - x[j], y[i] - y[j]) * scale <= radius) return one;
          }
        }
      }
      return -1;
    };
    for (let i = 0; i < x.length; i += 1) {
      const column = Math.floor((x[i] * scale) / radius), row = Math.floor((y[i] * scale) / radius), found = near(i, column, row);
      group[i] = found < 0 ? leaders.push(i) - 1 : found;
      if (found >= 0) continue;
      const key = column * span + row;
      if (cells.has(key)) cells.get(key).push(group[i]);
      else cells.set(key, [group[i]]);
    }
    return membersOf(group, leaders.length, x, y);
  };

  /* {first, members, cx, cy}: the members of group g are members[first[g] … first[g + 1]], its middle is cx[g], cy[g]. */
  const membersOf = (group, count, x, y) => {
    const first = new Int32Array(count + 1), members = new Int32Array(group.length), cx = new Float64Array(count), cy = new Float64Array(count);
    for (const one of group) first[one + 1] += 1;
    for (let g = 0; g < count; g += 1) first[g + 1] += first[g];
    const next = first.slice();
    group.forEach((one, i) => {
      members[next[one]++] = i;
      cx[one] += x[i];
      cy[one] += y[i];
    });
    for (let g = 0; g < count; g += 1) {
      cx[g] /= first[g + 1] - first[g];
      cy[g] /= first[g + 1] - first[g];
    }
    return { first, members, cx, cy };
  };

  Offlimits.Gathering = L.LayerGroup.extend({
    initialize({ spots, ...how }) {
      L.LayerGroup.prototype.initialize.call(this);
      const { projection, transformation } = L.CRS.EPSG3857;
      Object.assign(this, { _spots: spots, _how: how, _drawn: new Map(), _zooms: new Map() });
      const places = spots.map(({ at }) => transformation.transform(projection.project(at), WORLD_PX));
      this._x = Float64Array.from(places, ({ x }) => x);
      this._y = Float64Array.from(places, ({ y }) => y);
    },
    onAdd(map) {
      L.LayerGroup.prototype.onAdd.call(this, map);
      map.on("moveend viewreset resize", this._show, this).on("move", this._reach, this);
      this._show();
    },
    onRemove(map) {
      map.off("moveend viewreset resize", this._show, this).off("move", this._reach, this);
      L.LayerGroup.prototype.onRemove.call(this, map);
    },
    _groups(zoom) {
      if (!this._zooms.has(zoom)) {
        if (this._zooms.size >= KEPT_ZOOMS) this._zooms.delete(this._zooms.keys().next().value);
        this._zooms.set(zoom, grouped(this._x, this._y, 2 ** zoom, zoom < FAN_ZOOM ? this._how.radius(zoom) : FAN_PX));
      }
      return this._zooms.get(zoom);
    },
    /* Before a reader who drags sees where the drawn signs end. */
    _reach() {
      const { x, y } = this._map.getSize(), middle = this._map.getCenter();
      if (!this._from || this._map.getZoom() !== this._from.zoom) return;
      const gone = this._map.latLngToContainerPoint(this._from.middle).distanceTo(this._map.latLngToContainerPoint(middle));
      if (gone > Math.min(x, y) * BEYOND) this._show();
    },
    _show() {
      const map = this._map, zoom = Math.round(map.getZoom()), groups = this._groups(zoom), scale = 2 ** zoom;
      const bounds = map.getPixelBounds(), room = bounds.getSize().multiplyBy(BEYOND), min = bounds.min.subtract(room), max = bounds.max.add(room), wanted = new Set();
      this._from = { zoom, middle: map.getCenter() };
      for (let g = 0; g < groups.cx.length; g += 1) {
        const x = groups.cx[g] * scale, y = groups.cy[g] * scale;
        if (x >= min.x && x <= max.x && y >= min.y && y <= max.y) wanted.add(`${zoom}:${g}`);
      }
      for (const [key, layers] of this._drawn) {
        if (wanted.has(key)) continue;
        for (const layer of layers) this.removeLayer(layer);
        this._drawn.delete(key);
      }
      for (const key of wanted) if (!this._drawn.has(key)) this._draw(key, groups, zoom);
      Offlimits.words.soon();
    },
    _draw(key, { first, members, cx, cy }, zoom) {
      const g = Number(key.split(":")[1]), spots = Array.from(members.subarray(first[g], first[g + 1]), (i) => this._spots[i]);
      const layers = spots.length === 1 ? [this._how.sign(spots[0], spots[0].at)] : zoom < FAN_ZOOM ? [this._ring(spots, [cx[g], cy[g]])] : this._fan(spots, zoom);
      this._drawn.set(key, layers);
      for (const layer of layers) this.addLayer(layer);
    },
    _ring(spots, [x, y]) {
      const at = this._map.unproject(L.point(x, y), 0), marker = L.marker(at, { pane: this._how.pane, icon: this._how.ring(spots), riseOnHover: true });
      marker.on("add", () => marker.getElement().setAttribute("aria-label", `${spots.length} ${Offlimits.labels.several}`));
      marker.on("click", () => this._open(spots));
      marker.on("keypress", ({ originalEvent }) => {
        if (originalEvent.key !== "Enter" && originalEvent.key !== " ") return;
        originalEvent.preventDefault(); // the space bar would scroll the page
        this._open(spots);
        // The ring that had the focus is gone: the map takes it, and the next tab is on its signs.
        this._map.getContainer().focus({ preventScroll: true });
      });
      return marker;
    },
    _open(spots) {
      const map = this._map, bounds = L.latLngBounds(spots.map(({ at }) => at)), animate = !Offlimits.calm();
      const fits = Math.min(FAN_ZOOM, map.getBoundsZoom(bounds, false, L.point(80, 80)));
      map.setView(bounds.getCenter(), Math.max(fits, Math.min(FAN_ZOOM, map.getZoom() + 1)), { animate });
    },
    /* Signs of one spot, in a circle around it, each with a line to where it is. */
    _fan(spots, zoom) {
      const middle = this._map.project(spots[0].at, zoom), far = Math.max(SIGN_PX / 2 + 2, (spots.length * SIGN_PX) / (2 * Math.PI));
      return spots.flatMap((spot, i) => {
        const turn = (2 * Math.PI * i) / spots.length - Math.PI / 2, at = this._map.unproject(middle.add([far * Math.cos(turn), far * Math.sin(turn)]), zoom);
        const leg = L.polyline([spot.at, at], { className: "offlimits-leg", weight: 1.5, interactive: false, pane: this._how.lines });
        return [leg, this._how.sign(spot, at)];
      });
    },
  });
})();
