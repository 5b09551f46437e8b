/* What lies under the list: land, boundaries, streets, and the words and lesser signs that make room for the
 * signs of the list. */
(() => {
  "use strict";
  const { Offlimits } = window;

  // ---- words on the map: placed greedily by rank, never under a sign or control, never over another word or the edge ----

  const FONTS = {
    city: "650 15px system-ui, sans-serif",
    town: "600 13px system-ui, sans-serif",
    village: "500 12px system-ui, sans-serif",
    sector: "650 11px system-ui, sans-serif",
    quarter: "600 11.5px system-ui, sans-serif",
    land: "600 12px system-ui, sans-serif",
  };
  const SPACED = { sector: 1.6, quarter: 1, land: 2.4 }; // letter-spacing in px, as in the style sheet
  const GAP = 7, HALO_PX = 2;
  const pencil = document.createElement("canvas").getContext("2d");
  const widths = new Map();

  const widthOf = (text, kind) => {
    const key = kind + text;
    if (!widths.has(key)) {
      pencil.font = FONTS[kind];
      const shown = SPACED[kind] ? text.toUpperCase() : text;
      widths.set(key, Math.ceil(pencil.measureText(shown).width + shown.length * (SPACED[kind] || 0)));
    }
    return widths.get(key);
  };

  /* Where a word may stand around its dot: beside it first, then further off, to come out from under a sign. A village
   * would rather have no name than one that reads as its neighbour's. */
  const places = (width, dotted, kind) => {
    if (!dotted) return [[0, 0], [0, 22], [0, -22], [0, 44], [0, -44]];
    const side = width / 2 + GAP;
    const near = [[side, 0], [-side, 0], [0, -14], [0, 14]];
    const far = [[side + 24, 0], [-side - 24, 0], [0, -36], [0, 36], [side + 18, 26], [side + 18, -26]];
    if (kind === "village") return [...near, ...far];
    const farther = [[0, -58], [0, 58], [side + 56, 0], [-side - 56, 0], [0, -84], [0, 84]];
    return [...near, ...far, ...farther];
  };

  const SIGN_PX = 19, LOW_SIGN_PX = 15; // half of what each keeps free of words
  const ROUND = 0.9; // signs are round: beside one another they may stand nearer than their boxes
  const NEAR = 17; // from this zoom on every lesser sign stands, if need be partly under another

  const boxOf = (sign, reach) => {
    const at = L.DomUtil.getPosition(sign);
    return at && [at.x - reach, at.y - reach, at.x + reach, at.y + reach];
  };

  /* Whether two square boxes of round signs hold signs that overlap. */
  const crowd = (a, b) => Math.hypot(a[0] + a[2] - b[0] - b[2], a[1] + a[3] - b[1] - b[3]) < (a[2] - a[0] + b[2] - b[0]) * ROUND;

  const meets = (a, b) => a[0] < b[2] && a[2] > b[0] && a[1] < b[3] && a[3] > b[1];

  const Words = L.Layer.extend({
    initialize() {
      this._words = [];
    },
    add(words) {
      this._words = [...this._words, ...words].sort((a, b) => a.rank - b.rank);
      this.soon();
    },
    /* A word met again in the next tile, or at the next zoom, is the same word. */
    learn(word) {
      const known = this._words.some(({ text, kind, at }) => text === word.text && kind === word.kind && at.distanceTo(word.at) < 400);
      if (!known) this.add([word]);
    },
    onAdd(map) {
      this._box = Offlimits.element("div", "offlimits-words-layer");
      this._box.setAttribute("aria-hidden", "true");
      map.getPane("offlimits-words").append(this._box);
      map.on("moveend zoomend viewreset resize layeradd layerremove", this.soon, this);
      map.on("zoomstart", this._hide, this);
      this.soon();
    },
    onRemove(map) {
      map.off("moveend zoomend viewreset resize layeradd layerremove", this.soon, this);
      map.off("zoomstart", this._hide, this);
      this._box.remove();
    },
    _hide() {
      this._box.classList.add("moving");
    },
    /* Signs appear in bursts while clusters form: wait until they stand. */
    soon() {
      if (!this._map) return;
      clearTimeout(this._timer);
      this._timer = setTimeout(() => this._map && this._place(), 120);
    },
    _signs() {
      const reach = (sign) => (sign.classList.contains("offlimits-cluster") ? sign.offsetWidth / 2 : SIGN_PX);
      return [...this._map.getPane("markerPane").children].map((sign) => boxOf(sign, reach(sign))).filter(Boolean);
    },
    /* Welfare places and rules stand where no sign of the list does. */
    _standBeside(taken, zoom) {
      const lesser = [...this._map.getPane("offlimits-signs-low").children];
      for (const sign of lesser.sort((a, b) => a.dataset.from - b.dataset.from)) {
        const box = boxOf(sign, LOW_SIGN_PX), free = zoom >= NEAR || !taken.some((other) => crowd(other, box));
        const stands = sign.classList.contains("chosen") || (zoom >= Number(sign.dataset.from) && free);
        sign.classList.toggle("stands", stands);
        if (stands) taken.push(box);
      }
    },
    /* Whether the map's edge, a control, or something that the page lays over the map would cut the word. */
    _isCut([left, top, right, bottom]) {
      const map = this._map, size = map.getSize(), origin = map.getContainer().getBoundingClientRect();
      const start = map.layerPointToContainerPoint([left, top]), end = map.layerPointToContainerPoint([right, bottom]);
      if (start.x < -HALO_PX || start.y < 0 || end.x > size.x + HALO_PX || end.y > size.y) return true;
      const spots = [start.x, (start.x + end.x) / 2, end.x].flatMap((x) => [[x, start.y], [x, end.y]]);
      return spots.some(([x, y]) => {
        const topmost = document.elementFromPoint(origin.left + x, origin.top + y);
        return topmost && (!map.getContainer().contains(topmost) || topmost.closest(".leaflet-control"));
      });
    },
    _place() {
      const map = this._map, zoom = map.getZoom(), view = map.getBounds();
      const taken = this._signs(), box = document.createDocumentFragment();
      this._standBeside(taken, zoom);
      for (const word of this._words) {
        if (zoom < word.minZoom || zoom > word.maxZoom || !view.contains(word.at)) continue;
        this._put(word, map.latLngToLayerPoint(word.at), taken, box);
      }
      this._box.replaceChildren(box);
      this._box.classList.remove("moving");
    },
    _put(word, dot, taken, box) {
      const width = widthOf(word.text, word.kind), dotBox = [dot.x - 4, dot.y - 4, dot.x + 4, dot.y + 4];
      for (const [dx, dy] of places(width, word.dotted, word.kind)) {
        const rect = [dot.x + dx - width / 2 - HALO_PX, dot.y + dy - 9, dot.x + dx + width / 2 + HALO_PX, dot.y + dy + 9];
        if (taken.some((other) => meets(other, rect)) || this._isCut(rect)) continue;
        const text = Offlimits.element("span", `offlimits-word ${word.kind}`, word.text);
        text.dir = "auto";
        L.DomUtil.setPosition(text, L.point(Math.round(rect[0] + HALO_PX), Math.round(rect[1])));
        box.append(text);
        if (word.dotted && !taken.some((other) => meets(other, dotBox))) {
          const mark = Offlimits.element("i", `offlimits-dot ${word.kind}`);
          L.DomUtil.setPosition(mark, L.point(Math.round(dot.x - 4), Math.round(dot.y - 4)));
          box.append(mark);
          taken.push(dotBox);
        }
        taken.push(rect);
        return;
      }
    },
  });

  const words = new Words();
  Offlimits.words = words;

  // ---- land and places ------------------------------------------------------------------------------------------------

  const placeKind = (people) => (people >= 100000 ? "city" : people >= 10000 ? "town" : "village");

  const placeWord = ({ geometry, properties }) => ({
    at: L.latLng(geometry.coordinates[1], geometry.coordinates[0]),
    text: properties.name,
    kind: placeKind(properties.population || 0),
    rank: 1 - (properties.population || 0),
    minZoom: properties.min_zoom ?? 9,
    maxZoom: 14,
    dotted: true,
  });

  const landWord = (feature) => ({
    at: L.geoJSON(feature.geometry).getBounds().getCenter(),
    text: feature.properties.name,
    kind: "land",
    rank: 2,
    minZoom: 5,
    maxZoom: 8,
    dotted: false,
  });

  Offlimits.Basemap = L.LayerGroup.extend({
    initialize(options) {
      L.LayerGroup.prototype.initialize.call(this);
      this._url = options.url;
    },
    onAdd(map) {
      L.LayerGroup.prototype.onAdd.call(this, map);
      if (this._asked) return;
      this._asked = true;
      Offlimits.load(this._url).then(
        (document) => this._draw(document),
        () => Offlimits.fail("basemap", this._url, Offlimits.labels.basemap_failed),
      );
    },
    _draw({ features, credit }) {
      const of = (kind) => features.filter(({ properties }) => properties.kind === kind);
      const land = { type: "FeatureCollection", features: [...of("neighbour"), ...of("mission")] };
      // Shallow water along every coast: the same land once more underneath, with a wide soft edge.
      this.addLayer(Offlimits.outline(land, "offlimits-land", "offlimits-shore", { fill: false, weight: 14 }));
      this.addLayer(Offlimits.outline(land, "offlimits-land", "offlimits-shore near", { fill: false, weight: 6 }));
      for (const kind of ["neighbour", "mission"]) {
        const shape = { type: "FeatureCollection", features: of(kind) };
        this.addLayer(Offlimits.outline(shape, "offlimits-land", `offlimits-land-${kind}`, { fillOpacity: 1, weight: 1 }));
      }
      words.add(of("place").map(placeWord));
      words.add(of("neighbour").filter(({ properties }) => properties.name).map(landWord));
      if (credit) this._map.attributionControl.addAttribution(plain(credit));
    },
  });

  /* Leaflet writes its credit line as HTML; a credit is text. */
  const plain = (text) => {
    const box = Offlimits.element("span", "", text);
    return box.innerHTML;
  };
  Offlimits.plain = plain;

  // ---- territory and sectors, from the edition ------------------------------------------------------------------------

  /* A boundary is a feature, or an object that carries kind, name and geometry. */
  const boundary = (item) => ({ geometry: item.geometry, ...(item.properties || item) });

  Offlimits.Boundaries = L.LayerGroup.extend({
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
      const drawn = (offlimits.boundaries || []).map(boundary).filter(({ geometry }) => geometry);
      for (const { kind, geometry } of drawn) {
        if (kind === "territory") {
          this.addLayer(Offlimits.outline(geometry, "offlimits-bounds", "offlimits-territory-band", { fill: false, weight: 7 }));
        }
        const className = kind === "territory" ? "offlimits-territory" : "offlimits-sector";
        this.addLayer(Offlimits.outline(geometry, "offlimits-bounds", className, { fill: false, weight: kind === "territory" ? 2.2 : 1.4 }));
      }
      words.add(drawn.filter(({ kind, name }) => kind === "sector" && name).map(({ geometry, name }) => ({
        at: L.geoJSON(geometry).getBounds().getCenter(),
        text: name,
        kind: "sector",
        rank: 3,
        minZoom: 8,
        maxZoom: 12,
        dotted: false,
      })));
    },
  });

  // ---- streets: the renderer is fetched when a reader first comes close -------------------------------------------------

  const CLOSE = 12;
  const scripts = new Map();

  const fetchScript = (url) => {
    if (!scripts.has(url)) {
      scripts.set(url, new Promise((done, failed) => {
        const script = document.createElement("script");
        script.src = url;
        script.onload = done;
        script.onerror = () => failed(new Error(url));
        document.head.append(script);
      }));
    }
    return scripts.get(url);
  };

  // ---- tiles: those that lie on this device, then those of the network --------------------------------------------------

  /* What lies here is known once the page's own scripts have run: they hand over Offlimits.shelf, a promise. Tiles that
   * were asked for before would come from the network, or not at all, and stay so. */
  const pageRan = document.readyState === "complete"
    ? Promise.resolve()
    : new Promise((done) => document.addEventListener("DOMContentLoaded", done, { once: true }));

  const addressOf = (url, z, x, y) => url.replace("{z}", z).replace("{x}", x).replace("{y}", y);

  const asked = (kind, url) => {
    if (kind === "kept") return async () => undefined;
    if (kind === "pmtiles") {
      const { p } = new window.protomapsL.PmtilesSource(url, true);
      return (z, x, y, signal) => p.getZxy(z, x, y, signal);
    }
    return async (z, x, y, signal) => {
      const answer = await fetch(addressOf(url, z, x, y), { signal });
      return answer.status === 200 ? { data: await answer.arrayBuffer() } : undefined;
    };
  };

  /* What the renderer takes for an archive. Without a network what does not lie here is no fault: there is the ground. */
  const shelved = (kind, url) => {
    const ask = asked(kind, url);
    return {
      async getZxy(z, x, y, signal) {
        const data = await Offlimits.keptStreets?.tile(z, x, y);
        if (data) return { data };
        try {
          return await ask(z, x, y, signal);
        } catch (reason) {
          if (reason.name === "AbortError" || navigator.onLine) throw reason;
          return undefined;
        }
      },
    };
  };

  /* Raster tiles; the reader of archives is fetched only where some lie on this device. */
  const Photo = L.TileLayer.extend({
    createTile(coords, done) {
      const isServed = this._url.includes("{z}"); // on a device nobody is asked
      if (!Offlimits.keptStreets && isServed) return L.TileLayer.prototype.createTile.call(this, coords, done);
      const tile = Object.assign(document.createElement("img"), { alt: "" }), at = { x: coords.x, y: coords.y, z: this._getZoomForUrl() };
      L.DomEvent.on(tile, "load", () => {
        URL.revokeObjectURL(tile.src);
        this._tileOnLoad(done, tile);
      });
      L.DomEvent.on(tile, "error", (fault) => this._tileOnError(done, tile, fault));
      this._kept(at).then((data) => {
        if (data) tile.src = URL.createObjectURL(new Blob([data]));
        else if (isServed) tile.src = addressOf(this._url, at.z, at.x, at.y);
        else done(null, tile);
      });
      return tile;
    },
    async _kept({ z, x, y }) {
      await fetchScript(this.options.scripts[0]);
      return Offlimits.keptStreets?.tile(z, x, y);
    },
  });

  Offlimits.StreetDetail = L.LayerGroup.extend({
    initialize(options) {
      L.LayerGroup.prototype.initialize.call(this);
      this._wanted = options;
    },
    onAdd(map) {
      L.LayerGroup.prototype.onAdd.call(this, map);
      map.on("zoomend", this._approach, this);
      this._approach();
    },
    onRemove(map) {
      map.off("zoomend", this._approach, this);
      L.LayerGroup.prototype.onRemove.call(this, map);
    },
    _approach() {
      const close = Math.max(CLOSE, this._wanted.minZoom);
      if (this._started || !this._map || this._map.getZoom() < close) return;
      this._started = true;
      this._build().then(
        (tiles) => tiles && this.addLayer(tiles),
        () => {
          this._started = false;
          Offlimits.fail("streets", this._wanted.url, "");
        },
      );
    },
    async _build() {
      await pageRan;
      await Offlimits.shelf;
      const { url, kind, scripts: needed, minZoom, maxZoom, credit } = this._wanted;
      const options = { minZoom: Math.max(CLOSE, minZoom), maxZoom: 19, attribution: plain(credit), noWrap: true };
      const { isRaster, maxZoom: deepest = maxZoom } = (kind === "kept" && Offlimits.keptStreets) || { isRaster: kind === "raster" };
      if (isRaster) return new Photo(url, { ...options, maxNativeZoom: deepest, scripts: needed });
      for (const script of needed) await fetchScript(script);
      const make = () => Offlimits.streetTiles({ ...options, url: shelved(kind, url), maxDataZoom: maxZoom });
      Offlimits.onTheme(() => {
        const shown = this.getLayers()[0];
        this.clearLayers();
        if (shown) this.addLayer(make());
      });
      return make();
    },
  });
})();
