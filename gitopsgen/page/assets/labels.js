// Classes by which cities are told apart: each has a colour and a shape, so that none is told by colour alone.

const SHAPES = ['circle', 'square', 'triangle', 'diamond', 'down', 'plus', 'hexagon', 'star'];

// The outline of a shape around a point.
function shapePath(shape, x, y, r) {
  const ring = (count, turn, inner) => {
    const points = [];
    for (let index = 0; index < count; index += 1) {
      const angle = turn + (2 * Math.PI * index) / count;
      const radius = inner && index % 2 ? r * inner : r * 1.12;
      points.push(`${(x + radius * Math.cos(angle)).toFixed(1)},${(y + radius * Math.sin(angle)).toFixed(1)}`);
    }
    return `M${points.join('L')}Z`;
  };
  switch (shape) {
    case 'square': return `M${x - r * 0.88},${y - r * 0.88}h${r * 1.76}v${r * 1.76}h${-r * 1.76}Z`;
    case 'triangle': return ring(3, -Math.PI / 2);
    case 'down': return ring(3, Math.PI / 2);
    case 'diamond': return ring(4, -Math.PI / 2);
    case 'hexagon': return ring(6, 0);
    case 'star': return ring(10, -Math.PI / 2, 0.5);
    case 'plus': {
      const a = r * 0.4;
      return `M${x - a},${y - r}h${2 * a}v${r - a}h${r - a}v${2 * a}h${a - r}v${r - a}h${-2 * a}v${a - r}h${a - r}v${-2 * a}h${r - a}Z`;
    }
    default: return `M${x - r},${y}a${r},${r} 0 1,0 ${2 * r},0a${r},${r} 0 1,0 ${-2 * r},0Z`;
  }
}

function swatch(look) {
  return s('svg', { class: 'swatch', width: 14, height: 14, 'aria-hidden': 'true', focusable: 'false' },
    s('path', { d: shapePath(look.shape, 7, 7, 5), class: `mark ${look.tone}` }));
}

// A scale gives each city a class: {key, text, shape, tone}; its classes come in the order of the legend.
function categories(values, title) {
  const known = [...new Set(values)].sort(byText);
  const looks = new Map(known.map((value, index) => {
    const place = Math.min(index, SHAPES.length - 1);
    return [value, { key: value, text: value === '' ? 'none' : value, shape: SHAPES[place], tone: `tone-${place}` }];
  }));
  return { title, looks };
}

const HEADROOM = [
  { key: 'no', text: 'does not fit', shape: 'plus', tone: 'bad' },
  { key: '10', text: 'under 10 % left', shape: 'down', tone: 'heat-3' },
  { key: '25', text: '10 to 24 % left', shape: 'triangle', tone: 'heat-2' },
  { key: '50', text: '25 to 49 % left', shape: 'square', tone: 'heat-1' },
  { key: 'more', text: '50 % and more left', shape: 'circle', tone: 'heat-0' },
  { key: 'single', text: 'single node: none can be lost', shape: 'diamond', tone: 'hollow' },
  { key: 'unknown', text: 'not known', shape: 'hexagon', tone: 'hollow' },
];
const FINDINGS = [
  { key: 'error', text: 'errors', shape: 'plus', tone: 'bad' },
  { key: 'many', text: 'ten warnings and more', shape: 'triangle', tone: 'heat-3' },
  { key: 'some', text: 'warnings', shape: 'diamond', tone: 'heat-2' },
  { key: 'none', text: 'nothing found', shape: 'circle', tone: 'heat-0' },
];

function headroomKey({ fits, percent, clusters }) {
  if (!clusters) return 'unknown';
  if (!fits) return 'no';
  if (percent === null) return 'single';
  return percent < 10 ? '10' : percent < 25 ? '25' : percent < 50 ? '50' : 'more';
}

function findingsKey(city) {
  const counts = countsOf(city.findings);
  return counts.error ? 'error' : counts.warning >= 10 ? 'many' : counts.warning ? 'some' : 'none';
}

const fixed = (looks, title) => ({ title, looks: new Map(looks.map((look) => [look.key, look])) });

const SCALES = {
  tier: () => ({ ...categories(data.cities.map((city) => city.tier), 'Tier'), of: (city) => city.tier }),
  wave: () => ({ ...categories(data.cities.map((city) => `wave ${city.wave}`), 'Wave'), of: (city) => `wave ${city.wave}` }),
  headroom: () => ({ ...fixed(HEADROOM, 'Headroom with one node lost'), of: (city) => headroomKey(city.headroom) }),
  findings: () => ({ ...fixed(FINDINGS, 'Findings'), of: findingsKey }),
};

// The release of a case in each city that runs it; several where its clusters differ.
function releaseScale(name) {
  const of = (city) => {
    const found = new Set(city.clusters.flatMap((cluster) => cluster.variants)
      .filter((variant) => variant.case === name).map((variant) => variant.release || 'no release'));
    return found.size > 1 ? 'several releases' : [...found][0] || '';
  };
  const cities = data.cities.filter((city) => of(city));
  return { ...categories(cities.map(of), 'Release'), of, cities };
}

function legend(scale, cities) {
  const counts = new Map();
  for (const city of cities) counts.set(scale.of(city), (counts.get(scale.of(city)) || 0) + 1);
  const present = [...scale.looks.values()].filter((look) => counts.has(look.key));
  return h('ul', { class: 'legend', 'aria-label': `Legend: ${scale.title}` },
    present.map((look) => h('li', null, swatch(look), h('span', null, look.text), ' ', h('span', { class: 'muted' }, counts.get(look.key)))));
}
