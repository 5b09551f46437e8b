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
    none: ["rail", "ferry", "transit", "aerialway", "pier"],
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
  const FROM = { big: 0, main: 0, middle: 12, small: 13, path: 15 };

  const is = (...kinds) => (zoom, feature) => kinds.includes(kindOf(feature));

  const fill = (dataLayer, colour, filter, more) => ({
    dataLayer,
    filter,
    symbolizer: new P.PolygonSymbolizer({ fill: Offlimits.colour(colour) }),
    ...more,
  });

  const roads = (dataLayer) => {
    const ranks = ["path", "small", "middle", "main", "big"];
    const line = (rank, colour, extra) => ({
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
    const edges = edged.map((rank) => ({ ...line(rank, "road-edge", grows([12, 0.8], [17, 2])), minzoom: Math.max(13, FROM[rank]) }));
    const bodies = ranks.map((rank) => line(rank, rank === "path" ? "path" : rank === "big" || rank === "main" ? "road-main" : "road", () => 0));
    const rails = {
      dataLayer,
      filter: is("rail", "transit"),
      symbolizer: new P.LineSymbolizer({ color: Offlimits.colour("rail"), width: 1.2, dash: [6, 3] }),
    };
    return [...edges, rails, ...bodies];
  };

  const water = (dataLayer) => [
    { ...fill(dataLayer, "sea"), filter: (zoom, feature) => feature.geomType === 3 },
    {
      dataLayer,
      filter: (zoom, feature) => feature.geomType === 2,
      symbolizer: new P.LineSymbolizer({ color: Offlimits.colour("sea"), width: grows([12, 1], [18, 5]) }),
    },
  ];

  const PARKS = ["park", "forest", "wood", "grass", "garden", "recreation_ground", "cemetery", "pitch",
    "nature_reserve", "farmland", "scrub", "meadow", "orchard", "heath", "vineyard", "golf_course"];
  const BUILT = ["residential", "urban_area", "industrial", "commercial", "retail", "square", "pedestrian"];
  const MARKED = ["hospital", "school", "university", "college", "military", "airport", "aerodrome", "runway"];

  const paint = () => [
    fill("earth", "mission", (zoom, feature) => feature.geomType === 3),
    ...["landuse", "landcover", "natural"].flatMap((layer) => [
      fill(layer, "built", is(...BUILT)),
      fill(layer, "park", is(...PARKS)),
      fill(layer, "marked", is(...MARKED)),
      fill(layer, "sand", is("beach", "sand")),
      fill(layer, "mission", is("pier")),
    ]),
    fill("park", "park"),
    ...water("water"),
    ...water("waterway"),
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
