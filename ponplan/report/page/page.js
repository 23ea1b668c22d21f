// The report's map, search and light paths. Everything it shows comes from the JSON in this file; it asks nobody.
"use strict";
(function () {
  const all = JSON.parse(document.getElementById("data").textContent);
  const data = all.map, words = all.words;
  const root = document.documentElement;
  const byId = (name) => document.getElementById(name);

  // light and dark: the reader's system first, the button after
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  let chosenTheme = null;
  function applyTheme() {
    root.dataset.theme = chosenTheme || (dark.matches ? "dark" : "light");
  }
  applyTheme();

  // what was written as differences becomes numbers again
  function sums(steps) {
    const out = new Float64Array(steps.length);
    let value = 0;
    for (let i = 0; i < steps.length; i++) { value += steps[i]; out[i] = value; }
    return out;
  }
  const STEPS = 1e6, TILE = 256, RAD = Math.PI / 180;
  function project(layer) {
    // Web Mercator at zoom 0, as Leaflet has it; only for drawing, no length is measured in it
    const lon = sums(layer.x), lat = sums(layer.y), n = lon.length;
    const x = new Float64Array(n), y = new Float64Array(n);
    for (let i = 0; i < n; i++) {
      const sin = Math.sin(lat[i] / STEPS * RAD);
      x[i] = TILE * (lon[i] / STEPS / 360 + 0.5);
      y[i] = TILE * (0.5 - Math.log((1 + sin) / (1 - sin)) / (4 * Math.PI));
    }
    return { x, y };
  }
  const nodes = project(data.nodes), customers = project(data.customers), lines = project(data.routes);
  const starts = new Int32Array(data.routes.n.length + 1);
  data.routes.n.forEach((n, i) => { starts[i + 1] = starts[i] + n; });
  const numRoutes = data.routes.n.length;
  const boxes = new Float64Array(numRoutes * 4);
  for (let r = 0; r < numRoutes; r++) {
    let a = Infinity, b = Infinity, c = -Infinity, d = -Infinity;
    for (let i = starts[r]; i < starts[r + 1]; i++) {
      a = Math.min(a, lines.x[i]); c = Math.max(c, lines.x[i]);
      b = Math.min(b, lines.y[i]); d = Math.max(d, lines.y[i]);
    }
    boxes.set([a, b, c, d], 4 * r);
  }
  const numPorts = data.ports.id.length, numSplitters = data.splitters.id.length;
  const bits = data.routes.bits;
  const STATE = 3, FEEDER = 4, DISTRIBUTION = 8, DROP = 16, WORKING = 32, PROTECTING = 64;
  const OFFICE = 0, CABINET = 1, ROOM = 2, CLOSURE = 3;
  const splitterNodes = new Set(data.splitters.node);
  const pathsOf = new Map();
  data.paths.onu.forEach((onu, path) => {
    const customer = data.onus.customer[onu];
    if (!pathsOf.has(customer)) { pathsOf.set(customer, []); }
    pathsOf.get(customer).push(path);
  });

  // layers in the order of drawing; each tells which routes or points it draws
  const layers = [
    { key: "unused", on: true, kind: "line", width: 1, label: words.l_unused, test: (b) => (b & STATE) === 0 },
    { key: "existing", on: true, kind: "line", width: 5, dash: [8, 5], label: words.l_existing, test: (b) => (b & STATE) === 2 },
    { key: "new", on: true, kind: "line", width: 5, label: words.l_new, test: (b) => (b & STATE) === 1 },
    { key: "feeder", on: true, kind: "line", width: 3.4, label: words.l_feeder, test: (b) => (b & FEEDER) !== 0 },
    { key: "distribution", on: true, kind: "line", width: 1.8, label: words.l_distribution, test: (b) => (b & DISTRIBUTION) !== 0 },
    { key: "drop", on: true, kind: "line", width: 1.1, label: words.l_drop, test: (b) => (b & DROP) !== 0 && (b & (FEEDER | DISTRIBUTION)) === 0 },
    { key: "protecting", on: true, kind: "line", width: 2.6, dash: [5, 4], label: words.l_protecting, test: (b) => (b & PROTECTING) !== 0 },
    { key: "closure", on: false, kind: "node", shape: "dot", size: 2.6, label: words.l_closure, test: (n) => data.nodes.kind[n] === CLOSURE && !splitterNodes.has(n) },
    { key: "customer", on: true, kind: "customer", shape: "dot", size: 2.4, label: words.l_customer, test: (c) => data.customers.reason[c] === 0 },
    { key: "unserved", on: true, kind: "customer", shape: "cross", size: 5, label: words.l_unserved, test: (c) => data.customers.reason[c] !== 0 },
    { key: "room", on: true, kind: "node", shape: "diamond", size: 6, label: words.l_room, test: (n) => data.nodes.kind[n] === ROOM },
    { key: "cabinet", on: true, kind: "node", shape: "square", size: 6, label: words.l_cabinet, test: (n) => data.nodes.kind[n] === CABINET || (data.nodes.kind[n] === CLOSURE && splitterNodes.has(n)) },
    { key: "office", on: true, kind: "node", shape: "star", size: 9, label: words.l_office, test: (n) => data.nodes.kind[n] === OFFICE },
  ];
  const counts = { line: numRoutes, node: nodes.x.length, customer: customers.x.length };
  for (const layer of layers) {
    layer.members = [];
    for (let i = 0; i < counts[layer.kind]; i++) {
      if (layer.test(layer.kind === "line" ? bits[i] : i)) { layer.members.push(i); }
    }
  }

  // drawing: one canvas, one pass per layer
  function colours() {
    const style = getComputedStyle(root), found = {};
    for (const key of [...layers.map((layer) => layer.key), "map", "ink", "card", "chosen", "halo"]) {
      found[key] = style.getPropertyValue("--" + key).trim();
    }
    return found;
  }
  let palette = colours(), chosen = null;
  function trace(c, routes, view) {
    c.beginPath();
    for (const r of routes) {
      const b = 4 * r;
      if (boxes[b] > view.right || boxes[b + 2] < view.left || boxes[b + 1] > view.bottom || boxes[b + 3] < view.top) { continue; }
      let lastX = 0, lastY = 0;
      for (let i = starts[r]; i < starts[r + 1]; i++) {
        const x = lines.x[i] * view.scale - view.x, y = lines.y[i] * view.scale - view.y;
        if (i === starts[r]) { c.moveTo(x, y); } else if (i + 1 === starts[r + 1] || Math.abs(x - lastX) + Math.abs(y - lastY) > 0.7) { c.lineTo(x, y); } else { continue; }
        lastX = x; lastY = y;
      }
    }
  }
  function shape(c, kind, x, y, size) {
    if (kind === "dot") { c.moveTo(x + size, y); c.arc(x, y, size, 0, 2 * Math.PI); return; }
    if (kind === "cross") { c.moveTo(x - size, y - size); c.lineTo(x + size, y + size); c.moveTo(x + size, y - size); c.lineTo(x - size, y + size); return; }
    const corners = { square: [4, 0.785, 1], diamond: [4, 0, 1.15], star: [10, -1.571, 1] }[kind];
    for (let i = 0; i < corners[0]; i++) {
      const angle = corners[1] + i * 2 * Math.PI / corners[0], far = size * corners[2] * (kind === "star" && i % 2 ? 0.48 : 1);
      const px = x + far * Math.cos(angle), py = y + far * Math.sin(angle);
      if (i) { c.lineTo(px, py); } else { c.moveTo(px, py); }
    }
    c.closePath();
  }
  function drawAll(c, view, zoom) {
    const thin = Math.max(0.35, Math.min(1, (zoom - 10) / 6));
    c.lineJoin = "round"; c.lineCap = "round";
    for (const layer of layers) {
      if (!layer.on) { continue; }
      if (layer.kind === "line") {
        trace(c, layer.members, view);
        c.setLineDash(layer.dash || []);
        c.lineWidth = Math.max(0.6, layer.width * thin);
        c.strokeStyle = palette[layer.key];
        c.globalAlpha = layer.key === "new" || layer.key === "existing" ? 0.55 : 1;
        c.stroke();
        c.globalAlpha = 1;
        continue;
      }
      const at = layer.kind === "node" ? nodes : customers;
      const size = layer.size * (layer.kind === "customer" || layer.shape === "dot" ? Math.max(0.45, thin) : Math.max(0.7, thin));
      c.setLineDash([]);
      c.beginPath();
      for (const i of layer.members) {
        const x = at.x[i] * view.scale - view.x, y = at.y[i] * view.scale - view.y;
        if (x < -20 || y < -20 || x > view.width + 20 || y > view.height + 20) { continue; }
        shape(c, layer.shape, x, y, size);
      }
      if (layer.shape === "cross") {
        c.lineWidth = 2; c.strokeStyle = palette[layer.key]; c.stroke();
      } else {
        c.fillStyle = palette[layer.key]; c.fill();
        if (layer.shape !== "dot") { c.lineWidth = 1.5; c.strokeStyle = palette.card; c.stroke(); }
      }
    }
    if (chosen) { drawChosen(c, view); }
  }
  function drawChosen(c, view) {
    for (const path of chosen.paths) {
      const routes = path.routes;
      trace(c, routes, view);
      c.setLineDash([]); c.lineWidth = 9; c.strokeStyle = palette.halo; c.globalAlpha = 0.8; c.stroke(); c.globalAlpha = 1;
    }
    for (const path of chosen.paths) {
      trace(c, path.routes, view);
      c.setLineDash(path.working ? [] : [6, 5]); c.lineWidth = 3; c.strokeStyle = path.working ? palette.chosen : palette.protecting; c.stroke();
    }
    c.setLineDash([]);
    const x = chosen.x * view.scale - view.x, y = chosen.y * view.scale - view.y;
    c.beginPath(); c.arc(x, y, 9, 0, 2 * Math.PI); c.lineWidth = 3; c.strokeStyle = palette.chosen; c.stroke();
  }

  let map = null;
  const Plan = L.Layer.extend({
    onAdd: function (owner) {
      this.canvas = L.DomUtil.create("canvas", "leaflet-layer");
      this.canvas.setAttribute("aria-hidden", "true");
      owner.getPane("overlayPane").appendChild(this.canvas);
      owner.on("move zoom viewreset resize moveend", this.soon, this);
      this.soon();
    },
    onRemove: function (owner) {
      owner.off("move zoom viewreset resize moveend", this.soon, this);
      this.canvas.remove();
    },
    soon: function () {
      if (!this.waiting) { this.waiting = L.Util.requestAnimFrame(this.draw, this); }
    },
    draw: function () {
      this.waiting = null;
      const size = map.getSize(), sharp = window.devicePixelRatio || 1, zoom = map.getZoom();
      const canvas = this.canvas, scale = Math.pow(2, zoom);
      if (canvas.width !== size.x * sharp || canvas.height !== size.y * sharp) {
        canvas.width = size.x * sharp; canvas.height = size.y * sharp;
        canvas.style.width = size.x + "px"; canvas.style.height = size.y + "px";
      }
      L.DomUtil.setPosition(canvas, map.containerPointToLayerPoint([0, 0]));
      const corner = map.getPixelBounds().min;
      const c = canvas.getContext("2d");
      c.setTransform(sharp, 0, 0, sharp, 0, 0);
      c.clearRect(0, 0, size.x, size.y);
      drawAll(c, viewOf(corner.x, corner.y, size.x, size.y, scale), zoom);
    },
  });
  function viewOf(x, y, width, height, scale) {
    const pad = 10 / scale;
    return { x, y, width, height, scale, left: x / scale - pad, top: y / scale - pad, right: (x + width) / scale + pad, bottom: (y + height) / scale + pad };
  }
  function extent() {
    let a = Infinity, b = Infinity, c = -Infinity, d = -Infinity;
    for (const at of [nodes, customers]) {
      for (let i = 0; i < at.x.length; i++) { a = Math.min(a, at.x[i]); b = Math.min(b, at.y[i]); c = Math.max(c, at.x[i]); d = Math.max(d, at.y[i]); }
    }
    return Number.isFinite(a) ? [a, b, c, d] : [0, 0, TILE, TILE];
  }
  const whole = extent();
  const toLatLng = (x, y) => L.CRS.EPSG3857.pointToLatLng(L.point(x, y), 0);
  const wholeBounds = L.latLngBounds(toLatLng(whole[0], whole[3]), toLatLng(whole[2], whole[1]));
  map = L.map("map", { attributionControl: false, zoomAnimation: false, fadeAnimation: false, zoomSnap: 0.5, minZoom: 2, maxZoom: 22, maxBounds: wholeBounds.pad(1.5) });
  L.control.scale({ imperial: false, maxWidth: 160 }).addTo(map);
  map.fitBounds(wholeBounds.pad(0.03));
  const plan = new Plan();
  plan.addTo(map);

  // the switches beside the map are its legend too
  function swatch(layer) {
    const ns = "http://www.w3.org/2000/svg", svg = document.createElementNS(ns, "svg");
    const set = (node, values) => { for (const key in values) { node.setAttribute(key, values[key]); } svg.appendChild(node); };
    svg.setAttribute("width", 26); svg.setAttribute("height", 16); svg.setAttribute("viewBox", "0 0 26 16"); svg.setAttribute("aria-hidden", "true");
    const colour = "var(--" + layer.key + ")", line = document.createElementNS(ns, "path");
    const ways = { dot: "M13 4a4 4 0 1 0 .01 0z", cross: "M8 3l10 10M18 3l-10 10", square: "M8 3h10v10h-10z", diamond: "M13 1l7 7l-7 7l-7-7z", star: "M13 0l2.2 5.2 5.8.5-4.4 3.8 1.4 5.6-5-3-5 3 1.4-5.6L5 5.7l5.8-.5z" };
    if (layer.kind === "line") {
      set(line, { d: "M1 8H25", stroke: colour, fill: "none", "stroke-width": Math.max(1.5, layer.width), "stroke-dasharray": (layer.dash || []).join(" ") });
    } else {
      set(line, layer.shape === "cross" ? { d: ways.cross, stroke: colour, "stroke-width": 2.4, fill: "none" } : { d: ways[layer.shape], fill: colour });
    }
    return svg;
  }
  const box = byId("layers");
  for (const layer of layers) {
    if (!layer.members.length) { continue; }
    const label = document.createElement("label"), input = document.createElement("input");
    input.type = "checkbox"; input.checked = layer.on; input.dataset.layer = layer.key;
    input.addEventListener("change", () => { layer.on = input.checked; plan.soon(); });
    label.append(input, swatch(layer), layer.label + " (" + layer.members.length.toLocaleString("en") + ")");
    box.append(label);
  }

  // elements of a page: text only, so that no name is ever read as HTML
  function make(tag, text, attributes) {
    const node = document.createElement(tag);
    if (text !== undefined && text !== null) { node.textContent = text; }
    for (const key in attributes || {}) { node.setAttribute(key, attributes[key]); }
    return node;
  }
  const name = (text) => make("bdi", text);
  const decibels = (thousandths) => thousandths === null || thousandths === undefined ? "–" : (thousandths / 1000).toFixed(2);
  function nodeName(n) {
    return n < 0 ? "" : data.nodes.id[n] + (data.nodes.name[n] && data.nodes.name[n] !== data.nodes.id[n] ? " · " + data.nodes.name[n] : "");
  }
  function routesOf(path) {
    const found = [];
    for (const link of data.paths.links[path]) { for (const r of sums(data.links.routes[link])) { found.push(r); } }
    return found;
  }
  function rowsOf(path) {
    const rows = [], port = data.paths.port[path];
    const places = data.ports.node;
    rows.push([words.port, data.ports.id[port], nodeName(places[port]), data.ports.technologies[data.ports.technology[port]], "", "", ""]);
    for (const link of data.paths.links[path]) {
      const device = data.links.from[link], legs = data.links.legs[link];
      if (device >= numPorts) {
        const s = device - numPorts, S = data.splitters;
        rows.push([words.splitter, S.id[s], nodeName(S.node[s]), S.types[S.type[s]] + ", " + words.stage + " " + S.stage[s] + ", " + words.leg + " " + data.links.leg[link], "", decibels(legs[0]), decibels(legs[0])]);
      }
      for (const e of data.links.elements[link]) {
        if (e[0] === 0) { rows.push([words.splice, "", nodeName(e[1]), "", "", decibels(e[2]), decibels(e[3])]); }
        if (e[0] === 1 && (e[2] || e[3])) { rows.push([words.connectors, "", nodeName(e[1]), data.terminations[e[4]], "", decibels(e[2]), decibels(e[3])]); }
        if (e[0] === 2) {
          const what = data.cables.type[e[1]] + ", " + words.tube + " " + e[6] + ", " + words.colour + " " + e[7] + ", " + words.fibre + " " + e[5];
          rows.push([words.cable, data.cables.id[e[1]], "", what, (e[4] / 10).toFixed(1), decibels(e[2]), decibels(e[3])]);
        }
      }
      if (data.links.to[link] >= numPorts + numSplitters) {
        const onu = data.links.to[link] - numPorts - numSplitters;
        rows.push([words.onu, data.onus.id[onu], "", data.onus.types[data.onus.type[onu]] + ", " + words.interface + " " + data.paths.interface[path], "", legs[1] ? decibels(legs[1]) : "", legs[1] ? decibels(legs[1]) : ""]);
      }
    }
    const P = data.paths;
    rows.push([words.total, "", "", "", (P.dm[path] / 10).toFixed(1), decibels(P.down[path]), decibels(P.up[path])]);
    rows.push([words.margin, "", "", "", "", decibels(P.margin[path]), decibels(P.margin[path])]);
    rows.push([words.reserve, "", "", "", "", decibels(P.down_left[path]), decibels(P.up_left[path])]);
    return rows;
  }
  function pathTable(path) {
    const frame = make("div", null, { class: "path" }), working = data.paths.working[path];
    frame.append(make("h4", words.path + ": " + (working ? words.working : words.protecting)));
    const scroll = make("div", null, { class: "scroll", tabindex: "0", role: "region", "aria-label": words.path }), table = make("table");
    const head = make("thead"), first = make("tr");
    for (const [text, number] of [[words.element, 0], [words.id, 0], [words.node, 0], ["", 0], [words.length, 1], [words.down, 1], [words.up, 1]]) {
      first.append(make("th", text, number ? { scope: "col", class: "n" } : { scope: "col" }));
    }
    head.append(first);
    const body = make("tbody");
    for (const row of rowsOf(path)) {
      const line = make("tr");
      row.forEach((text, i) => {
        const cell = make(i ? "td" : "th", null, i > 3 ? { class: "n" } : i ? {} : { scope: "row" });
        cell.append(name(text));
        line.append(cell);
      });
      body.append(line);
    }
    table.append(head, body); scroll.append(table); frame.append(scroll);
    return frame;
  }
  function fact(list, term, text) {
    if (text === "" || text === undefined || text === null) { return; }
    const row = make("tr"), cell = make("td");
    cell.append(name(text));
    row.append(make("th", term, { scope: "row" }), cell);
    list.append(row);
  }
  function show(title, facts, tables) {
    const details = byId("details"), heading = make("h3");
    heading.append(name(title));
    const table = make("table", null, { class: "facts" }), body = make("tbody");
    for (const [term, text] of facts) { fact(body, term, text); }
    table.append(body);
    details.replaceChildren(heading, table, ...tables);
  }
  function go(x, y, routes) {
    let [a, b, c, d] = [x, y, x, y];
    for (const r of routes) { a = Math.min(a, boxes[4 * r]); b = Math.min(b, boxes[4 * r + 1]); c = Math.max(c, boxes[4 * r + 2]); d = Math.max(d, boxes[4 * r + 3]); }
    map.fitBounds(L.latLngBounds(toLatLng(a, d), toLatLng(c, b)).pad(0.08), { maxZoom: 19, animate: false });
  }
  function chooseCustomer(c, moved) {
    const own = pathsOf.get(c) || [], C = data.customers;
    chosen = { x: customers.x[c], y: customers.y[c], paths: own.map((path) => ({ working: data.paths.working[path], routes: routesOf(path) })) };
    show(C.name[c] || C.id[c], [
      [words.customer, C.id[c]], [words.name, C.name[c]], [words.address, C.address[c]], [words.class, C.classes[C.class[c]]],
      [words.protection, C.protection[c]], [words.notserved, C.reasons[C.reason[c]]],
    ], own.map(pathTable));
    if (moved) { go(customers.x[c], customers.y[c], chosen.paths.flatMap((path) => path.routes)); }
    plan.soon();
  }
  function chooseNode(n, moved) {
    const N = data.nodes, kind = N.kinds[N.kind[n]];
    chosen = { x: nodes.x[n], y: nodes.y[n], paths: [] };
    const own = [], S = data.splitters, P = data.ports;
    S.node.forEach((place, s) => { if (place === n) { own.push([words.splitter, S.id[s] + " · " + S.types[S.type[s]] + " · " + words.stage + " " + S.stage[s] + " · " + S.used[s] + " " + words.used]); } });
    P.node.forEach((place, p) => { if (place === n) { own.push([words.port, portText(p)]); } });
    show(nodeName(n), [[words.node, words[kind] || kind], [words.enclosure, N.enclosures[N.enclosure[n]]], [words.splices, N.splices[n] || ""], ...own], []);
    if (moved) { go(nodes.x[n], nodes.y[n], []); }
    plan.soon();
  }
  function portText(p) {
    const P = data.ports, share = (v) => v === null ? "–" : (v / 10).toFixed(1) + " %";
    return P.id[p] + " · " + P.technologies[P.technology[p]] + " · " + (P.protecting[p] ? words.protecting : P.onus[p] + " " + words.terminals + " · " + words.load + " " + share(P.now[p]) + " " + words.now + ", " + share(P.horizon[p]) + " " + words.horizon);
  }
  function choosePort(p) {
    const links = new Set();
    data.paths.port.forEach((port, path) => { if (port === p) { for (const link of data.paths.links[path]) { links.add(link); } } });
    const routes = [];
    for (const link of links) { for (const r of sums(data.links.routes[link])) { routes.push(r); } }
    const n = data.ports.node[p];
    chosen = { x: nodes.x[n], y: nodes.y[n], paths: [{ working: !data.ports.protecting[p], routes }] };
    show(data.ports.id[p], [[words.port, portText(p)], [words.node, nodeName(n)]], []);
    if (n >= 0) { go(nodes.x[n], nodes.y[n], routes); }
    plan.soon();
  }
  function chooseRoute(r) {
    const R = data.routes;
    show(R.id[r], [[words.route, R.surfaces[R.surface[r]]], [words.length, (R.dm[r] / 10).toFixed(1)], [words.state, words[["unused", "new", "existing"][bits[r] & STATE]]], [words.cables, R.cables[r]]], []);
  }
  map.on("click", (event) => {
    const at = event.containerPoint, corner = map.getPixelBounds().min, scale = Math.pow(2, map.getZoom());
    let best = null, near = 12;
    function look(points, members, pick) {
      for (const i of members) {
        const away = Math.hypot(points.x[i] * scale - corner.x - at.x, points.y[i] * scale - corner.y - at.y);
        if (away < near) { near = away; best = () => pick(i); }
      }
    }
    for (const layer of layers) {
      if (!layer.on || layer.kind === "line") { continue; }
      if (layer.kind === "node") { look(nodes, layer.members, chooseNode); } else { look(customers, layer.members, chooseCustomer); }
    }
    if (!best) { best = nearestRoute(at, corner, scale); }
    if (best) { best(); }
  });
  function nearestRoute(at, corner, scale) {
    let best = null, near = 7;
    const visible = layers.filter((layer) => layer.on && layer.kind === "line");
    for (let r = 0; r < numRoutes; r++) {
      if (!visible.some((layer) => layer.test(bits[r]))) { continue; }
      for (let i = starts[r]; i + 1 < starts[r + 1]; i++) {
        const ax = lines.x[i] * scale - corner.x, ay = lines.y[i] * scale - corner.y;
        const dx = lines.x[i + 1] * scale - corner.x - ax, dy = lines.y[i + 1] * scale - corner.y - ay, long = dx * dx + dy * dy;
        const t = long ? Math.max(0, Math.min(1, ((at.x - ax) * dx + (at.y - ay) * dy) / long)) : 0;
        const away = Math.hypot(ax + t * dx - at.x, ay + t * dy - at.y);
        if (away < near) { near = away; best = r; }
      }
    }
    return best === null ? null : () => chooseRoute(best);
  }

  // search: what begins with the text first, then what holds it
  const MOST = 20, field = byId("search"), hits = byId("hits");
  const entries = [];
  const fold = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  function enter(label, more, kind, pick) { entries.push({ label, more, kind, pick, text: fold(label + " " + more) }); }
  data.customers.id.forEach((id, c) => enter(data.customers.name[c] || id, [data.customers.name[c] ? id : "", data.customers.address[c]].filter(Boolean).join(" · "), words.customer, () => chooseCustomer(c, true)));
  data.splitters.id.forEach((id, s) => { if (data.splitters.node[s] >= 0) { enter(id, nodeName(data.splitters.node[s]), words.splitter, () => chooseNode(data.splitters.node[s], true)); } });
  data.ports.id.forEach((id, p) => enter(id, "", words.port, () => choosePort(p)));
  data.nodes.id.forEach((id, n) => enter(nodeName(n), "", words[data.nodes.kinds[data.nodes.kind[n]]] || words.node, () => chooseNode(n, true)));
  let found = [], active = -1;
  function close() { hits.hidden = true; field.setAttribute("aria-expanded", "false"); field.removeAttribute("aria-activedescendant"); active = -1; }
  function find() {
    const wanted = fold(field.value.trim());
    hits.replaceChildren(); found = []; active = -1;
    if (!wanted) { close(); return; }
    const later = [];
    for (const entry of entries) {
      const at = entry.text.indexOf(wanted);
      if (at === 0) { found.push(entry); } else if (at > 0 && later.length < MOST) { later.push(entry); }
      if (found.length >= MOST) { break; }
    }
    found = found.concat(later).slice(0, MOST);
    found.forEach((entry, i) => {
      const item = make("li", null, { role: "option", id: "hit" + i, "aria-selected": "false" });
      item.append(make("span", entry.kind + " ", { class: "soft" }), name(entry.label), " ", make("bdi", entry.more, { class: "soft" }));
      item.addEventListener("mousedown", (event) => { event.preventDefault(); pick(i); });
      hits.append(item);
    });
    if (!found.length) { hits.append(make("li", words.nothing, { role: "option", "aria-disabled": "true" })); }
    hits.hidden = false;
    field.setAttribute("aria-expanded", "true");
  }
  function mark(i) {
    const items = hits.querySelectorAll("li");
    items.forEach((item, k) => item.setAttribute("aria-selected", String(k === i)));
    active = i;
    if (i >= 0) { field.setAttribute("aria-activedescendant", "hit" + i); items[i].scrollIntoView({ block: "nearest" }); }
  }
  function pick(i) {
    if (!found[i]) { return; }
    field.value = found[i].label;
    close();
    found[i].pick();
  }
  field.addEventListener("input", find);
  field.addEventListener("blur", close);
  field.addEventListener("keydown", (event) => {
    if (event.key === "Escape") { close(); return; }
    if (event.key === "Enter") { event.preventDefault(); if (hits.hidden) { find(); } pick(Math.max(active, 0)); return; }
    if (!found.length || hits.hidden) { return; }
    if (event.key === "ArrowDown") { event.preventDefault(); mark((active + 1) % found.length); }
    if (event.key === "ArrowUp") { event.preventDefault(); mark((active + found.length - 1) % found.length); }
  });

  // paper: a picture of the whole network in light colours, with a scale of its own
  function paperPicture() {
    const before = root.dataset.theme, keep = chosen;
    root.dataset.theme = "light"; palette = colours();
    const width = 1400, across = Math.max(whole[2] - whole[0], 1e-9), down = Math.max(whole[3] - whole[1], 1e-9);
    const height = Math.round(Math.max(500, Math.min(1700, width * down / across)));
    const scale = Math.min((width - 40) / across, (height - 70) / down), canvas = document.createElement("canvas");
    canvas.width = width; canvas.height = height;
    const c = canvas.getContext("2d");
    c.fillStyle = "#ffffff"; c.fillRect(0, 0, width, height);
    const x = whole[0] * scale - (width - across * scale) / 2, y = whole[1] * scale - 20;
    drawAll(c, viewOf(x, y, width, height, scale), Math.log2(scale));
    const middle = toLatLng((whole[0] + whole[2]) / 2, (whole[1] + whole[3]) / 2).lat;
    const perPixel = 40075016.686 * Math.cos(middle * RAD) / (TILE * scale);
    let bar = Math.pow(10, Math.floor(Math.log10(perPixel * 300)));
    for (const factor of [5, 2]) { if (bar * factor <= perPixel * 300) { bar *= factor; break; } }
    c.setLineDash([]); c.lineWidth = 2; c.strokeStyle = "#1b1f24"; c.fillStyle = "#1b1f24"; c.font = "20px sans-serif";
    c.beginPath(); c.moveTo(24, height - 32); c.lineTo(24, height - 24); c.lineTo(24 + bar / perPixel, height - 24); c.lineTo(24 + bar / perPixel, height - 32); c.stroke();
    c.fillText(bar >= 1000 ? bar / 1000 + " km" : bar + " m", 32, height - 32);
    byId("mapprint").src = canvas.toDataURL("image/png");
    root.dataset.theme = before; palette = colours(); chosen = keep;
  }
  byId("mapprint").hidden = false;
  const paper = window.matchMedia("print");
  window.addEventListener("beforeprint", paperPicture);
  if (paper.addEventListener) { paper.addEventListener("change", (event) => { if (event.matches) { paperPicture(); } }); }
  window.setTimeout(paperPicture, 300);

  function repaint() { applyTheme(); palette = colours(); plan.soon(); }
  dark.addEventListener("change", repaint);
  document.querySelector(".actions").hidden = false;
  byId("theme").addEventListener("click", () => { chosenTheme = root.dataset.theme === "dark" ? "light" : "dark"; repaint(); });
  byId("print").addEventListener("click", () => window.print());
  window.addEventListener("load", () => { root.dataset.ready = "yes"; });
})();
