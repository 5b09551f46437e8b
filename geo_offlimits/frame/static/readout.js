/* Where the middle of the map, the pointer and the reader are, in MGRS and in degrees: a button each, which copies the
 * grid reference. Near the poles, which have no UTM, degrees stand alone. */
(() => {
  "use strict";
  const { Offlimits } = window;
  const { element } = Offlimits;
  const PLACES = 5, FINEST_DEG = 0.00001, COPIED_MS = 1500, LOW_PX = 520;

  const degrees = ({ lat, lng }) => [lat, lng].map((value) => (Math.abs(value) < FINEST_DEG / 2 ? 0 : value).toFixed(PLACES)).join(", ");

  const Readout = L.Control.extend({
    options: { position: "topleft" },
    onAdd(map) {
      this._box = element("div", "offlimits-readout");
      this._rows = { here: this._row(), middle: this._row() };
      this._rows.here.hidden = true;
      map.on("move zoomend resize", this._soon, this);
      map.on("mousemove", ({ latlng }) => this._point(latlng));
      map.on("mouseout", () => this._point(null));
      L.DomEvent.disableClickPropagation(this._box);
      this._fill();
      return this._box;
    },
    _row() {
      const row = element("button", "");
      row.type = "button";
      row.append(element("small"), element("b"), element("span"));
      row.children[1].dir = row.children[2].dir = "ltr";
      row.addEventListener("click", () => this._copy(row));
      this._box.append(row);
      return row;
    },
    _soon() {
      this._waits ??= L.Util.requestAnimFrame(() => this._fill());
    },
    _point(latlng) {
      this._pointer = latlng;
      this._soon();
    },
    _fill() {
      this._waits = undefined;
      const { labels } = Offlimits;
      if (!this._map) return;
      this._tell(this._rows.middle, this._pointer ? labels.grid_pointer : labels.grid_middle, (this._pointer ?? this._map.getCenter()).wrap());
    },
    _tell(row, heading, at, unsure_m = 0) {
      const grid = Offlimits.mgrs(at.lat, at.lng, unsure_m), [title, main, beside] = row.children;
      title.textContent = heading;
      main.textContent = grid ?? degrees(at);
      beside.textContent = grid ? degrees(at) : "";
      row.dataset.copies = main.textContent;
      row.title = Offlimits.labels.grid_copy;
      row.setAttribute("aria-label", `${heading}: ${main.textContent}. ${Offlimits.labels.grid_copy}`);
    },
    /* The reader's own position, no finer than it is known. */
    found(position) {
      this._rows.here.hidden = !position;
      if (position) this._tell(this._rows.here, Offlimits.labels.you, L.latLng(position.lat, position.lon), position.accuracy_m);
    },
    async _copy(row) {
      const title = row.firstChild, before = title.textContent;
      try {
        await navigator.clipboard.writeText(row.dataset.copies);
      } catch {
        getSelection().selectAllChildren(row.children[1]); // where the page may not write, the reader copies what is marked
        return;
      }
      title.textContent = Offlimits.labels.grid_copied;
      setTimeout(() => title.textContent === Offlimits.labels.grid_copied && (title.textContent = before), COPIED_MS);
    },
  });

  Offlimits.addReadout = (map) => {
    // Under the tools of a low map it would cover its middle, which is where people touch.
    const position = map.getSize().y < LOW_PX ? "bottomleft" : "topleft";
    Offlimits.readout = new Readout({ position }).addTo(map);
    map.getContainer().append(Object.assign(element("i", "offlimits-crosshair"), { ariaHidden: "true" }));
  };
})();
