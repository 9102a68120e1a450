// The cities on a map of their coordinates: marks, labels that never overlap, and the failover neighbours of one city.

const MAP = { tallest: 480, padding: 40, label: 12, mark: 5.5, deepest: 24 };
const SIDES = [[1, 0], [-1, 0], [0, -1], [0, 1], [1, -1], [-1, -1], [1, 1], [-1, 1]];

// How wide the content is: a map is drawn for that many pixels, so that its text has the size of the page's.
function room() {
  const wide = document.documentElement.clientWidth;
  return Math.min(1280, wide) - (wide > 720 ? 48 : 32);
}

const pen = document.createElement('canvas').getContext('2d');
const widths = new Map();
function widthOf(text) {
  if (!widths.has(text)) {
    pen.font = `${MAP.label}px system-ui, sans-serif`;
    widths.set(text, pen.measureText(text).width + 2);
  }
  return widths.get(text);
}

function projection(cities, width) {
  const lats = cities.map((city) => city.lat);
  const lons = cities.map((city) => city.lon);
  const middle = (Math.min(...lats) + Math.max(...lats)) / 2;
  const squeeze = Math.cos((middle * Math.PI) / 180);
  const west = Math.min(...lons) * squeeze;
  const east = Math.max(...lons) * squeeze;
  const [south, north] = [Math.min(...lats), Math.max(...lats)];
  const inner = width - 2 * MAP.padding;
  const scale = Math.min(inner / Math.max(east - west, 0.5), (MAP.tallest - 2 * MAP.padding) / Math.max(north - south, 0.5));
  const height = Math.max(240, Math.round((north - south) * scale + 2 * MAP.padding));
  const top = (height - (north - south) * scale) / 2;
  const left = (width - (east - west) * scale) / 2;
  return {
    width,
    height,
    squeeze,
    scale,
    x: (lon) => left + (lon * squeeze - west) * scale,
    y: (lat) => top + (north - lat) * scale,
    lon: (x) => (west + (x - left) / scale) / squeeze,
    lat: (y) => north - (y - top) / scale,
  };
}

// Places that are taken, in squares, so that a new one is only compared with what is near.
function occupancy() {
  const size = 48;
  const squares = new Map();
  const keys = (box) => {
    const found = [];
    for (let x = Math.floor(box[0] / size); x <= Math.floor(box[2] / size); x += 1) {
      for (let y = Math.floor(box[1] / size); y <= Math.floor(box[3] / size); y += 1) found.push(`${x} ${y}`);
    }
    return found;
  };
  const overlap = (one, other) => one[0] < other[2] && other[0] < one[2] && one[1] < other[3] && other[1] < one[3];
  return {
    take: (box, owner) => keys(box).forEach((key) => {
      if (!squares.has(key)) squares.set(key, []);
      squares.get(key).push([...box, owner]);
    }),
    isFree: (box, owner) => keys(box).every((key) => (squares.get(key) || []).every((other) => other[4] === owner || !overlap(box, other))),
  };
}

// Gives each label a side of its mark where it covers nothing, the most important city first; others stay without.
function placeLabels(points, { width: whole, height }) {
  const taken = occupancy();
  for (const point of points) {
    const r = MAP.mark + 1;
    taken.take([point.x - r, point.y - r, point.x + r, point.y + r], point);
  }
  const placed = new Map();
  for (const point of points) {
    if (point.x < 0 || point.x > whole || point.y < 0 || point.y > height) continue;
    const width = widthOf(point.city.name);
    for (const [dx, dy] of SIDES) {
      const gap = MAP.mark + 4;
      const x = dx > 0 ? point.x + gap : dx < 0 ? point.x - gap - width : point.x - width / 2;
      const y = point.y + (dx ? dy * 9 : dy * (gap + MAP.label / 2)) - MAP.label * 0.62;
      const box = [x - 1, y, x + width + 1, y + MAP.label * 1.24];
      if (box[0] < 2 || box[2] > whole - 2 || box[1] < 2 || box[3] > height - 2) continue;
      if (!taken.isFree(box, point)) continue;
      taken.take(box, point);
      placed.set(point.city.name, { x, y: y + MAP.label });
      break;
    }
  }
  return placed;
}

function byImportance(cities) {
  const sizes = new Map();
  for (const city of cities) sizes.set(city.tier, (sizes.get(city.tier) || 0) + 1);
  return [...cities].sort((one, other) => sizes.get(one.tier) - sizes.get(other.tier) || byText(one.name, other.name));
}

function graticule(flat, view) {
  const { width, height } = flat;
  const steps = [20, 10, 5, 2, 1, 0.5];
  const span = width / view.k / flat.scale / flat.squeeze;
  const step = steps.find((one) => span / one >= 4) || 0.25;
  const lines = [];
  const text = (value, plus, minus) => `${Math.abs(Number(value.toFixed(2)))}° ${value < 0 ? minus : plus}`;
  const lonAt = (x) => flat.lon((x - view.x) / view.k);
  const latAt = (y) => flat.lat((y - view.y) / view.k);
  for (let lon = Math.ceil(lonAt(0) / step) * step; lon <= lonAt(width); lon += step) {
    const x = flat.x(lon) * view.k + view.x;
    lines.push(s('path', { class: 'grid', d: `M${x.toFixed(1)},0V${height}` }));
    if (x > 30 && x < width - 60) lines.push(s('text', { class: 'degree', x: x + 4, y: height - 6 }, text(lon, 'E', 'W')));
  }
  for (let lat = Math.ceil(latAt(height) / step) * step; lat <= latAt(0); lat += step) {
    const y = flat.y(lat) * view.k + view.y;
    lines.push(s('path', { class: 'grid', d: `M0,${y.toFixed(1)}H${width}` }));
    if (y > 16 && y < height - 24) lines.push(s('text', { class: 'degree', x: 6, y: y - 4 }, text(lat, 'N', 'S')));
  }
  return lines;
}

// A line between two marks that touches neither.
function way(one, other) {
  const [dx, dy] = [other.x - one.x, other.y - one.y];
  const gap = Math.min(0.4, (MAP.mark + 6) / (Math.hypot(dx, dy) || 1));
  const at = (share) => `${(one.x + dx * share).toFixed(1)},${(one.y + dy * share).toFixed(1)}`;
  return `M${at(gap)}L${at(1 - gap)}`;
}

function isPlaced(city) {
  return typeof city.lat === 'number' && typeof city.lon === 'number';
}

// A map of cities; `scale` gives their looks, `frame` the cities that it must have room for. It can be moved and zoomed, and has one tab stop.
function cityMap(cities, scale, options) {
  const { chosen = null, title = 'Cities by their coordinates', part = 1, frame = cities } = options || {};
  const known = byImportance(cities.filter(isPlaced));
  if (!known.length) return h('p', { class: 'muted' }, 'No city has coordinates.');
  const flat = projection(frame.filter(isPlaced), Math.round(Math.max(280, (room() - 2) * part)));
  const view = { k: 1, x: 0, y: 0 };
  const [back, ways, marks, names] = [s('g'), s('g', { class: 'ways' }), s('g'), s('g', { class: 'names', 'aria-hidden': 'true' })];
  const points = known.map((city) => ({ city, x: 0, y: 0, look: scale.looks.get(scale.of(city)) }));
  const pointOf = new Map(points.map((point) => [point.city.name, point]));
  for (const point of points) {
    point.shape = s('path', { class: `mark ${point.look.tone}` });
    point.link = s('a', { href: cityHref(point.city.name), class: 'spot', 'data-city': point.city.name,
      'aria-label': `${point.city.name} ${point.city.zh}: ${point.look.text}` },
    s('title', null, `${point.city.name} ${point.city.zh}, ${scale.title.toLowerCase()}: ${point.look.text}`),
    point.target = s('circle', { class: 'target', r: 12 }), point.shape);
    const show = () => showWays(point);
    point.link.addEventListener('pointerenter', show);
    point.link.addEventListener('focus', show);
    point.link.addEventListener('pointerleave', () => showWays(pointOf.get(chosen)));
    point.link.addEventListener('blur', () => showWays(pointOf.get(chosen)));
  }
  add(marks, points.map((point) => point.link));

  function showWays(point) {
    const others = point ? point.city.failover.map((one) => pointOf.get(one.name)).filter(Boolean) : [];
    replaceWith(ways, others.map((other) => s('path', { class: 'way', d: way(point, other) })));
  }

  function draw() {
    for (const point of points) {
      point.x = flat.x(point.city.lon) * view.k + view.x;
      point.y = flat.y(point.city.lat) * view.k + view.y;
      const r = point.city.name === chosen ? MAP.mark + 3 : known.length > 300 && view.k < 2 ? MAP.mark - 1.5 : MAP.mark;
      point.shape.setAttribute('d', shapePath(point.look.shape, Number(point.x.toFixed(1)), Number(point.y.toFixed(1)), r));
      point.target.setAttribute('cx', point.x.toFixed(1));
      point.target.setAttribute('cy', point.y.toFixed(1));
    }
    replaceWith(back, graticule(flat, view));
    const first = pointOf.get(chosen);
    const placed = placeLabels(first ? [first, ...points.filter((point) => point !== first)] : points, flat);
    replaceWith(names, [...placed].map(([name, { x, y }]) => s('text', { x: x.toFixed(1), y: y.toFixed(1), class: name === chosen ? 'label chosen' : 'label' }, name)));
    showWays(first);
  }

  const picture = s('svg', { class: 'map', viewBox: `0 0 ${flat.width} ${flat.height}`, width: flat.width, height: flat.height, role: 'group', 'aria-label': title }, back, ways, marks, names);
  enableMoving(picture, view, flat, draw);
  draw();
  roving(points.map((point) => point.link), (element) => {
    const point = pointOf.get(element.getAttribute('data-city'));
    return [point.x, point.y];
  });
  return h('div', { class: 'map-box' }, picture, zoomButtons(view, flat, draw));
}

function zoomAt(view, factor, x, y, { width, height }) {
  const k = Math.min(MAP.deepest, Math.max(1, view.k * factor));
  view.x = x - ((x - view.x) * k) / view.k;
  view.y = y - ((y - view.y) * k) / view.k;
  view.k = k;
  view.x = Math.min(0, Math.max(view.x, width * (1 - k)));
  view.y = Math.min(0, Math.max(view.y, height * (1 - k)));
}

function zoomButtons(view, flat, draw) {
  const button = (name, sign, factor) => h('button', { type: 'button', 'aria-label': name, title: name,
    onclick: () => { zoomAt(view, factor, flat.width / 2, flat.height / 2, flat); draw(); } }, sign);
  return h('div', { class: 'zoom', role: 'group', 'aria-label': 'Zoom' },
    button('Zoom in', '+', 1.8), button('Zoom out', '−', 1 / 1.8), button('Show all', '⤢', 1e-6));
}

function enableMoving(picture, view, flat, draw) {
  let from = null;
  const place = (event) => {
    const box = picture.getBoundingClientRect();
    return [((event.clientX - box.left) * flat.width) / box.width, ((event.clientY - box.top) * flat.width) / box.width];
  };
  picture.addEventListener('wheel', (event) => {
    if (!event.ctrlKey && !event.metaKey) return; // the page scrolls as always
    event.preventDefault();
    zoomAt(view, event.deltaY < 0 ? 1.25 : 0.8, ...place(event), flat);
    draw();
  }, { passive: false });
  picture.addEventListener('dblclick', (event) => { zoomAt(view, 1.8, ...place(event), flat); draw(); });
  picture.addEventListener('pointerdown', (event) => { if (view.k > 1) from = { at: place(event), x: view.x, y: view.y }; });
  picture.addEventListener('pointermove', (event) => {
    if (!from) return;
    const [x, y] = place(event);
    [view.x, view.y] = [from.x + x - from.at[0], from.y + y - from.at[1]];
    zoomAt(view, 1, 0, 0, flat);
    draw();
  });
  for (const name of ['pointerup', 'pointerleave', 'pointercancel']) picture.addEventListener(name, () => { from = null; });
}
