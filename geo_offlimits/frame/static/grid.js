/* The military grid on the map: zones, squares of 100 km with their letters, and lines down to 100 m with the digits of
 * a military map. Each grid zone is drawn by its own projection and cut at its edges, as on paper; where 32V and Svalbard
 * have zones of their own, so has the map. Near the poles, where there is no UTM, nothing is drawn.
 *
 * The canvas is larger than the map and moves with it: it is drawn anew when a reader has let go, or has come to its edge. */
(() => {
  "use strict";
  const { Offlimits } = window;
  const { fromGrid, toGrid, squareOf, BANDS } = Offlimits.utm;
  const STEPS_M = [100, 1000, 10000, 100000], PIECES = { 100: 2, 1000: 3, 10000: 8, 100000: 16 }, DIGITS = { 100: 3, 1000: 2, 10000: 1 };
  const SQUARE_M = 100000, LEAST_PX = 52, BEYOND_PX = 96, SHARPEST = 2, ROOM_PX = 84, SMALL_ZONE_PX = 40;

  // ---- grid zones that a view shows -----------------------------------------------------------------------------------

  const WIDE = { V: { 31: [0, 3], 32: [3, 12] }, X: { 31: [0, 9], 32: null, 33: [9, 21], 34: null, 35: [21, 33], 36: null, 37: [33, 42] } };

  const sidesOf = (zone, band) => (WIDE[band]?.[zone] === undefined ? [6 * zone - 186, 6 * zone - 180] : WIDE[band][zone]);

  /* [{zone, band, south, west, north, east}] of a view in degrees, which may reach over the antimeridian. */
  const zonesIn = (view) => {
    const found = [];
    for (const [i, band] of [...BANDS].entries()) {
      const south = 8 * i - 80, north = band === "X" ? 84 : south + 8;
      if (north <= view.south || south >= view.north) continue;
      for (let turn = Math.floor((view.west + 180) / 360); turn <= Math.floor((view.east + 180) / 360); turn += 1) {
        for (let zone = 1; zone <= 60; zone += 1) {
          const [west, east] = (sidesOf(zone, band) ?? [NaN, NaN]).map((lon) => lon + 360 * turn);
          if (east > view.west && west < view.east) found.push({ zone, band, south, west, north, east });
        }
      }
    }
    return found;
  };

  const metresAPixel = (map) => (40075017 * Math.cos((map.getCenter().lat * Math.PI) / 180)) / 2 ** (map.getZoom() + 8);

  /* How far apart the lines are, in metres; null where even squares of 100 km are too small to draw. */
  const stepOf = (map) => STEPS_M.find((step) => step / metresAPixel(map) >= LEAST_PX) ?? null;

  const multiples = (from, to, step) => {
    const first = Math.ceil(from / step);
    return Array.from({ length: Math.max(0, Math.floor(to / step) - first + 1) }, (_, i) => (first + i) * step);
  };

  // ---- one zone ------------------------------------------------------------------------------------------------------------

  /* The part of a zone that a view shows, in the metres of its grid: [least and most easting, least and most northing]. */
  const spanOf = ({ zone, band, south, west, north, east }, view) => {
    const lats = [Math.max(south, view.south), Math.min(north, view.north) - 1e-9], lons = [Math.max(west, view.west), Math.min(east, view.east)];
    const spots = [0, 0.25, 0.5, 0.75, 1].flatMap((up) => [0, 0.5, 1].map((over) =>
      toGrid(zone, band >= "N", lats[0] + (lats[1] - lats[0]) * up, lons[0] + (lons[1] - lons[0]) * over)));
    const [eastings, northings] = [0, 1].map((axis) => spots.map((spot) => spot[axis]));
    return [Math.min(...eastings), Math.max(...eastings), Math.min(...northings), Math.max(...northings)];
  };

  /* Where a line meets a height (axis 1) or a width (axis 0) of the canvas, or undefined. */
  const meets = (line, axis, value) => {
    const i = line.findIndex((spot, at) => at > 0 && (line[at - 1][axis] <= value) !== (spot[axis] <= value));
    if (i < 0) return undefined;
    const [one, other] = [line[i - 1], line[i]], part = (value - one[axis]) / (other[axis] - one[axis]);
    return one[1 - axis] + (other[1 - axis] - one[1 - axis]) * part;
  };

  const digits = (metres, step) => String(Math.floor(metres / step) % 10 ** DIGITS[step]).padStart(DIGITS[step], "0");

  class Sheet {
    /* pen: of the canvas; place: [lat, lon] -> pixels on it; frame: {left, right, top, foot} that words keep within. */
    constructor(pen, place, view, step, frame) {
      Object.assign(this, { pen, place, view, step, frame, ink: Offlimits.colour("grid-ink"), halo: Offlimits.colour("halo"), line: Offlimits.colour("grid"), words: [] });
    }

    draw(zone) {
      const { pen } = this, [left, top] = this.place([zone.north, zone.west]), [right, foot] = this.place([zone.south, zone.east]);
      pen.save();
      pen.beginPath();
      pen.rect(left, top, right - left, foot - top);
      pen.clip();
      if (this.step) this.lines(zone);
      pen.restore();
      pen.lineWidth = this.step ? 2.5 : 1.5;
      pen.strokeStyle = this.line;
      pen.strokeRect(left, top, right - left, foot - top);
      if (!this.step && right - left > SMALL_ZONE_PX) this.write(`${zone.zone}${zone.band}`, (left + right) / 2, (top + foot) / 2, { size: 15, weight: 650, align: "center" });
    }

    lines(zone) {
      const [west, east, south, north] = spanOf(zone, this.view), { step, frame } = this, count = PIECES[step];
      const along = (from, to, at) => Array.from({ length: count + 1 }, (_, i) => this.spot(zone, ...at(from + ((to - from) * i) / count)));
      for (const easting of multiples(west, east, step)) {
        const line = this.stroke(easting, along(south, north, (northing) => [easting, northing])), x = meets(line, 1, frame.foot - 16);
        if (DIGITS[step] && x > frame.left + 28 && x < frame.right) this.label(zone, digits(easting, step), x, frame.foot - 6, "center");
      }
      for (const northing of multiples(south, north, step)) {
        const line = this.stroke(northing, along(west, east, (easting) => [easting, northing])), y = meets(line, 0, frame.left + 14);
        if (DIGITS[step] && y > frame.top && y < frame.foot - 30) this.label(zone, digits(northing, step), frame.left + 6, y + 4, "start");
      }
      this.squares(zone, [west, east, south, north]);
    }

    spot({ zone, band, west, east }, easting, northing) {
      const [lat, lon] = fromGrid(zone, band >= "N", easting, northing);
      return this.place([lat, lon + 360 * Math.round(((west + east) / 2 - lon) / 360)]);
    }

    stroke(metres, line) {
      const { pen, step } = this, isHeavy = metres % (10 * step) === 0;
      pen.beginPath();
      for (const [x, y] of line) pen.lineTo(x, y);
      pen.lineWidth = isHeavy ? 1.75 : 1;
      pen.strokeStyle = this.line;
      pen.stroke();
      return line;
    }

    /* The letters of each square: in its middle where squares are small, else in the corner of what is seen of it. */
    squares(zone, [west, east, south, north]) {
      const { frame, step } = this, isSmall = step >= 10000;
      for (const left of multiples(west - SQUARE_M + 1, east, SQUARE_M)) {
        for (const foot of multiples(south - SQUARE_M + 1, north, SQUARE_M)) {
          const [e0, e1, n0, n1] = [Math.max(left, west), Math.min(left + SQUARE_M, east), Math.max(foot, south), Math.min(foot + SQUARE_M, north)];
          const letters = squareOf(zone.zone, left + 1, foot + 1), [x0, y0] = this.spot(zone, e0, n0), [x1, y1] = this.spot(zone, e1, n1);
          const [from, to] = [Math.max(x0, this.place([zone.north, zone.west])[0]), Math.min(x1, this.place([zone.south, zone.east])[0])];
          if (to - from < ROOM_PX / (isSmall ? 2 : 1) || y0 - y1 < ROOM_PX / 2) continue;
          if (isSmall) this.label(zone, letters, (from + to) / 2, (y0 + y1) / 2 + 6, "center", { size: 17, weight: 650 });
          else this.label(zone, `${zone.zone}${zone.band} ${letters}`, Math.max(from, frame.left) + 34, Math.min(y0, frame.foot) - 26, "start", { size: 13, weight: 700 });
        }
      }
    }

    /* Words stay within their own zone, where the next one's begin. */
    label(zone, text, x, y, align, font = { size: 11, weight: 600 }) {
      const [left] = this.place([zone.north, zone.west]), [right] = this.place([zone.south, zone.east]);
      if (x >= left - 1 && x <= right) this.words.push([text, x, y, { ...font, align }]);
    }

    write(text, x, y, { size, weight, align }) {
      const { pen } = this;
      pen.font = `${weight} ${size}px system-ui, sans-serif`;
      pen.textAlign = align;
      pen.lineJoin = "round";
      pen.lineWidth = 3.5;
      pen.strokeStyle = this.halo;
      pen.strokeText(text, x, y);
      pen.fillStyle = this.ink;
      pen.fillText(text, x, y);
    }
  }

  // ---- the layer ---------------------------------------------------------------------------------------------------------------

  Offlimits.Grid = L.Layer.extend({
    initialize() {},
    onAdd(map) {
      this._canvas = L.DomUtil.create("canvas", "offlimits-grid leaflet-zoom-hide", map.getPane("offlimits-grid"));
      this._canvas.setAttribute("aria-hidden", "true");
      map.getContainer().classList.add("offlimits-gridded");
      map.on("moveend zoomend viewreset resize", this._soon, this).on("move", this._reach, this);
      if (!this._themed) Offlimits.onTheme(() => this._soon());
      this._themed = true;
      this._soon();
    },
    onRemove(map) {
      map.off("moveend zoomend viewreset resize", this._soon, this).off("move", this._reach, this);
      map.getContainer().classList.remove("offlimits-gridded");
      L.Util.cancelAnimFrame(this._frame);
      this._canvas.remove();
    },
    _soon() {
      L.Util.cancelAnimFrame(this._frame);
      this._frame = L.Util.requestAnimFrame(() => this._map && this._draw());
    },
    /* Before a reader sees where the canvas ends. */
    _reach() {
      const [x, y] = this._drawnAt ?? [Infinity, Infinity], at = this._map.containerPointToLayerPoint([0, 0]);
      if (Math.max(Math.abs(at.x - x), Math.abs(at.y - y)) > BEYOND_PX * 0.75) this._draw();
    },
    _draw() {
      const map = this._map, size = map.getSize(), start = map.containerPointToLayerPoint([0, 0]), pen = this._clean(size, start);
      const [northWest, southEast] = [[-BEYOND_PX, -BEYOND_PX], [size.x + BEYOND_PX, size.y + BEYOND_PX]].map((corner) => map.containerPointToLatLng(corner));
      const view = { south: Math.max(-80, southEast.lat), north: Math.min(84, northWest.lat), west: northWest.lng, east: southEast.lng };
      const place = (at) => {
        const { x, y } = map.latLngToContainerPoint(at);
        return [x + BEYOND_PX, y + BEYOND_PX];
      };
      const sheet = new Sheet(pen, place, view, stepOf(map), this._within(size));
      for (const zone of zonesIn(view)) sheet.draw(zone);
      for (const word of sheet.words) sheet.write(...word);
    },
    _clean(size, start) {
      const canvas = this._canvas, sharp = Math.min(SHARPEST, window.devicePixelRatio || 1), [width, height] = [size.x + 2 * BEYOND_PX, size.y + 2 * BEYOND_PX];
      Object.assign(canvas, { width: width * sharp, height: height * sharp });
      Object.assign(canvas.style, { width: `${width}px`, height: `${height}px` });
      L.DomUtil.setPosition(canvas, start.subtract([BEYOND_PX, BEYOND_PX]));
      this._drawnAt = [start.x, start.y];
      const pen = canvas.getContext("2d");
      pen.scale(sharp, sharp);
      return pen;
    },
    /* What the page lays over the map, and the credit, hide no digits. */
    _within({ x, y }) {
      const box = this._map.getContainer(), { top } = box.getBoundingClientRect();
      const over = [...box.querySelectorAll(".leaflet-control-attribution, .leaflet-control-scale")].filter((one) => one.checkVisibility());
      const foot = Math.min(y, ...over.map((one) => one.getBoundingClientRect().top - top));
      return { left: BEYOND_PX, right: x + BEYOND_PX, top: BEYOND_PX + 8, foot: foot + BEYOND_PX };
    },
  });
})();
