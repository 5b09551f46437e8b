/* How street tiles are painted: a calm paper plan, light or dark. Knows the layers of the Protomaps basemap and of
 * OpenMapTiles; a layer that a file does not have is simply not painted. Fetched together with the renderer. */
(() => {
  "use strict";
  const { Offlimits, protomapsL: P } = window;

  const grows = (...stops) => (zoom) => {
    if (zoom <= stops[0][0]) return stops[0][1];
    for (let i = 1; i < stops.length; i += 1) {
      const [z0, v0] = stops[i - 1], [z1, v1] = stops[i];
      if (zoom <= z1) return v0 + ((v1 - v0) * (zoom - z0)) / (z1 - z0);
    }
    return stops[stops.length - 1][1];
  };

  const kindOf = ({ props }) => props.kind ?? props["pmap:kind"] ?? props.class ?? "";

  /* Every road is one of four, whatever the file calls it. */
  const RANKS = {
    big: ["highway", "motorway", "trunk"],
    main: ["major_road", "primary", "secondary", "main"],
    middle: ["medium_road", "tertiary"],
    path: ["path", "footway", "track", "pedestrian", "steps", "cycleway", "bridleway"],
    none: ["rail", "ferry", "transit", "aerialway", "aeroway", "pier"],
  };
  const rankOf = (feature) =>
    Object.keys(RANKS).find((rank) => RANKS[rank].includes(kindOf(feature))) || "small";

  const WIDTH = {
    big: grows([11, 2], [14, 5], [17, 13], [19, 26]),
    main: grows([11, 1.4], [14, 4], [17, 11], [19, 22]),
    middle: grows([12, 1], [14, 3], [17, 9], [19, 18]),
    small: grows([12, 0.4], [14, 1.6], [16, 5], [17, 7.5], [19, 15]),
    path: grows([14, 0.6], [17, 1.6], [19, 3]),
  };
  const RUNWAY = grows([11, 1], [14, 6], [17, 34]);
  const PIER = grows([12, 1], [15, 3], [18, 12]);
  const FROM = { big: 0, main: 0, middle: 12, small: 13, path: 15 };
  const EDGED_FROM = { big: 0, main: 0, middle: 13, small: 13 };

  const is = (...kinds) => (zoom, feature) => kinds.includes(kindOf(feature));

  const polygon = (zoom, feature) => feature.geomType === 3;

  const fill = (dataLayer, colour, filter = polygon, more = {}) => ({
    dataLayer,
    filter,
    symbolizer: new P.PolygonSymbolizer({ fill: Offlimits.colour(colour), ...more }),
  });

  const line = (dataLayer, colour, width, filter) => ({
    dataLayer,
    filter,
    symbolizer: new P.LineSymbolizer({ color: Offlimits.colour(colour), width }),
  });

  /* Rows of trees, from near enough to count them. */
  const trees = () => {
    const tile = document.createElement("canvas"), pen = tile.getContext("2d");
    tile.width = tile.height = 16; // divides the renderer's tiles, so that rows go on across their edges
    pen.fillStyle = Offlimits.colour("orchard");
    pen.fillRect(0, 0, 16, 16);
    pen.fillStyle = Offlimits.colour("orchard-tree");
    for (const [x, y] of [[4, 4], [12, 12]]) {
      pen.beginPath();
      pen.arc(x, y, 2, 0, 2 * Math.PI);
      pen.fill();
    }
    return tile;
  };

  const roads = (dataLayer) => {
    const ranks = ["path", "small", "middle", "main", "big"];
    const road = (rank, colour, extra) => ({
      dataLayer,
      minzoom: FROM[rank],
      filter: (zoom, feature) => rankOf(feature) === rank,
      symbolizer: new P.LineSymbolizer({
        color: Offlimits.colour(colour),
        width: (zoom) => WIDTH[rank](zoom) + extra(zoom),
        lineCap: "round",
        lineJoin: "round",
        ...(rank === "path" ? { dash: [3, 3] } : {}),
      }),
    });
    const edged = ranks.filter((rank) => rank !== "path");
    const edges = edged.map((rank) => ({ ...road(rank, "road-edge", grows([12, 0.8], [17, 2])), minzoom: EDGED_FROM[rank] }));
    const bodies = ranks.map((rank) => road(rank, rank === "path" ? "path" : rank === "big" || rank === "main" ? "road-main" : "road", () => 0));
    const rails = {
      dataLayer,
      filter: is("rail", "transit"),
      symbolizer: new P.LineSymbolizer({ color: Offlimits.colour("rail"), width: 1.2, dash: [6, 3] }),
    };
    return [line(dataLayer, "runway", RUNWAY, is("aeroway")), line(dataLayer, "pier", PIER, is("pier")), ...edges, rails, ...bodies];
  };

  const water = (dataLayer) => [
    fill(dataLayer, "sea"),
    line(dataLayer, "sea", grows([12, 1], [18, 5]), (zoom, feature) => feature.geomType === 2),
  ];

  /* What covers the ground, large covers first: [colour, kinds]. No tone is green: green would read as "go". */
  const COVERS = [
    ["park", ["nature_reserve", "national_park", "grassland", "grass", "scrub"]],
    ["heath", ["heath", "bare_rock", "fell", "moor"]],
    ["wood", ["forest", "wood"]],
    ["field", ["farmland", "farm", "allotments"]],
    ["meadow", ["meadow", "village_green"]],
    ["orchard", ["orchard", "vineyard"]],
    ["sand", ["beach", "sand"]],
    ["marked", ["hospital", "school", "university", "college", "military", "airport", "aerodrome", "airfield"]],
    ["built", ["residential", "urban_area", "industrial", "commercial", "retail"]],
    ["park", ["park", "garden", "recreation_ground", "cemetery", "pitch", "golf_course", "playground"]],
    ["square", ["square", "pedestrian", "plaza"]],
    ["runway", ["runway", "taxiway", "apron"]],
  ];
  const TOWN_BELOW = 14; // further off there are no houses to see a town by: its ground is darker

  const cover = (layer, colour, kinds) => {
    const filter = is(...kinds);
    if (colour === "orchard") {
      const near = (zoom, feature) => zoom >= 15 && filter(zoom, feature);
      return [fill(layer, colour, filter), fill(layer, colour, near, { pattern: trees() })];
    }
    if (colour !== "built") return [fill(layer, colour, filter)];
    const [far, near] = [Offlimits.colour("town"), Offlimits.colour("built")];
    return [fill(layer, colour, filter, { fill: (zoom) => (zoom < TOWN_BELOW ? far : near) })];
  };

  const paint = () => [
    fill("earth", "mission"),
    ...["landcover", "landuse", "natural"].flatMap((layer) => COVERS.flatMap(([colour, kinds]) => cover(layer, colour, kinds))),
    fill("park", "park"),
    ...water("water"),
    ...water("waterway"),
    // A pier stands in the water, whether or not the file cuts the water out around it.
    ...["landuse", "transportation"].map((layer) => fill(layer, "pier", (zoom, feature) => polygon(zoom, feature) && kindOf(feature) === "pier")),
    fill("aeroway", "runway"),
    line("aeroway", "runway", RUNWAY, (zoom, feature) => feature.geomType === 2),
    ...["buildings", "building"].map((dataLayer) => ({
      dataLayer,
      minzoom: 14,
      symbolizer: new P.PolygonSymbolizer({
        fill: Offlimits.colour("building"),
        stroke: Offlimits.colour("building-edge"),
        width: grows([15, 0.4], [18, 1]),
      }),
    })),
    ...roads("roads"),
    ...roads("transportation"),
  ];

  const name = (zoom, feature) => [`name:${document.documentElement.lang || "en"}`, "name", "name:latin"].filter((key) => key in feature.props);

  const text = (size, weight) => ({
    labelProps: name,
    fontFamily: "system-ui, sans-serif",
    fontWeight: weight,
    fontSize: size,
    fill: Offlimits.colour("street-ink"),
    stroke: Offlimits.colour("halo"),
    width: 2.5,
  });

  const roadNames = (dataLayer) => [
    ["big", 13], ["main", 14], ["middle", 15], ["small", 16], ["path", 18],
  ].map(([rank, minzoom]) => ({
    dataLayer,
    minzoom,
    filter: (zoom, feature) => rankOf(feature) === rank,
    symbolizer: new P.LineLabelSymbolizer({ ...text(rank === "small" || rank === "path" ? 11 : 12, 500), position: 2, repeatDistance: 320 }),
  }));

  const QUARTERS = ["neighbourhood", "neighborhood", "suburb", "quarter", "macrohood", "cape"];

  /* Names of quarters are not painted into the tiles, where a sign could cover them: they join the words of the map,
   * which make room. */
  const quarterNames = (dataLayer) => ({
    dataLayer,
    minzoom: 14,
    filter: (zoom, { props }) => QUARTERS.includes(props.kind_detail ?? props.class ?? props.kind),
    symbolizer: {
      place({ zoom }, [[spot]], feature) {
        const [key] = name(zoom, feature);
        if (key) {
          const at = L.CRS.EPSG3857.pointToLatLng(L.point(spot.x, spot.y), zoom);
          Offlimits.words.learn({ at, text: feature.props[key], kind: "quarter", rank: 4, minZoom: 15, maxZoom: 18, dotted: false });
        }
        return undefined;
      },
    },
  });

  const waterNames = (dataLayer) => ({
    dataLayer,
    minzoom: 13,
    filter: (zoom, feature) => feature.geomType === 1,
    symbolizer: new P.CenteredTextSymbolizer({ ...text(12, 400), fontStyle: "italic", fill: Offlimits.colour("water-ink"), stroke: Offlimits.colour("sea") }),
  });

  const labels = () => [
    ...["places", "place"].map(quarterNames),
    ...["water", "water_name"].map(waterNames),
    ...["roads", "transportation_name"].flatMap(roadNames),
  ];

  Offlimits.streetTiles = (options) =>
    P.leafletLayer({ ...options, paintRules: paint(), labelRules: labels(), attribution: options.attribution || "" });
})();
