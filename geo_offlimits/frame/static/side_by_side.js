/* Two lists on one map with a divider between them: left of it what was in force at one time, right of it at another.
 *
 * Folium's SideBySideLayers calls L.control.sideBySide(first, second). The plugin it was made for clips layers of tiles
 * only, and writes its style into the page, which our policy forbids; this one clips the pane of a list, and its divider
 * is a range that the keyboard moves. Signs that lie beyond the divider come into sight when they get the focus. */
(() => {
  "use strict";
  const { Offlimits } = window;
  const { element } = Offlimits;
  const DEPTH = 600, STEPS = 1000, THUMB_PX = 44, CLEAR_PX = 60;

  /* A list of entries in a pane of its own. Both are on the map once the second has been drawn. */
  Offlimits.Side = Offlimits.Entries.extend({
    initialize({ url, side }) {
      this.pane = `offlimits-${side}`;
      const [shapes, signs] = [`${this.pane}-shapes`, `${this.pane}-signs`];
      Offlimits.Entries.prototype.initialize.call(this, { url, panes: { shapes, reaches: shapes, signs, rules: signs } });
    },
    onAdd(map) {
      const { shapes, signs } = this._panes;
      const whole = map.createPane(this.pane);
      whole.style.zIndex = DEPTH;
      map.createPane(shapes, whole).style.zIndex = 1;
      map.createPane(signs, whole).style.zIndex = 2;
      Offlimits.Entries.prototype.onAdd.call(this, map);
    },
    _drawn(edition, mapped) {
      const box = this._map.getContainer();
      box.dataset[`${this.pane.replace("offlimits-", "")}`] = String(mapped.length);
      if (box.dataset.first && box.dataset.second) box.dataset.ready = String(Number(box.dataset.first) + Number(box.dataset.second));
    },
  });

  const Divider = L.Control.extend({
    initialize(first, second) {
      Object.assign(this, { _first: first, _second: second });
    },
    addTo(map) {
      const { labels } = Offlimits;
      this._map = map;
      this._line = element("div", "offlimits-divider");
      this._line.append(element("b", "first", labels.compare_first), element("b", "second", labels.compare_second));
      this._range = Object.assign(element("input", "offlimits-divider-range"), { type: "range", min: 0, max: STEPS, value: STEPS / 2, dir: "ltr" });
      this._range.setAttribute("aria-label", labels.compare_divider);
      map.getContainer().append(this._line, this._range);
      L.DomEvent.disableClickPropagation(this._range);
      this._range.addEventListener("input", () => this._clip());
      // The map would take a drag of the thumb for its own, and the arrow keys too.
      for (const kind of ["pointerdown", "mousedown", "touchstart", "keydown"]) this._range.addEventListener(kind, L.DomEvent.stopPropagation);
      map.on("move zoomend resize", this._clip, this);
      map.getPane(this._first.pane).addEventListener("focusin", ({ target }) => this._reveal(target, true));
      map.getPane(this._second.pane).addEventListener("focusin", ({ target }) => this._reveal(target, false));
      this._clip();
      return this;
    },
    _x() {
      return THUMB_PX / 2 + (this._map.getSize().x - THUMB_PX) * (this._range.value / STEPS);
    },
    _clip() {
      const { x: width, y: height } = this._map.getSize(), x = this._x();
      this._line.style.left = `${x}px`;
      const part = (west, east) => {
        const corners = [[west, 0], [east, 0], [east, height], [west, height]].map((corner) => this._map.containerPointToLayerPoint(corner));
        return `polygon(${corners.map((at) => `${at.x}px ${at.y}px`).join(", ")})`;
      };
      this._map.getPane(this._first.pane).style.clipPath = part(0, x);
      this._map.getPane(this._second.pane).style.clipPath = part(x, width);
    },
    _reveal(sign, isFirst) {
      const box = sign.getBoundingClientRect(), x = (box.left + box.right) / 2 - this._map.getContainer().getBoundingClientRect().left;
      if (isFirst ? x < this._x() : x > this._x()) return;
      const wanted = isFirst ? x + CLEAR_PX : x - CLEAR_PX;
      this._range.value = ((wanted - THUMB_PX / 2) / (this._map.getSize().x - THUMB_PX)) * STEPS;
      this._clip();
    },
  });

  L.control.sideBySide = (first, second) => new Divider(first, second);
})();
