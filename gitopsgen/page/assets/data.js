// The facts of the fleet, as they stand in the page, and what is looked up in them.

const data = JSON.parse(document.getElementById('data').textContent);
const cityByName = new Map(data.cities.map((city) => [city.name, city]));
const caseByName = new Map(data.cases.map((one) => [one.name, one]));
const NO_MANIFEST = '-';

const cityHref = (name) => `#/city/${encodeURIComponent(name)}`;
const caseHref = (name) => `#/case/${encodeURIComponent(name)}`;
const variantHref = (city, cluster, name) => `#/variant/${[city, cluster, name].map(encodeURIComponent).join('/')}`;

function casesOf(city) {
  const found = new Map();
  for (const cluster of city.clusters) {
    for (const variant of cluster.variants) {
      const releases = found.get(variant.case) || new Set();
      if (variant.release) releases.add(variant.release);
      found.set(variant.case, releases);
    }
  }
  return found;
}

function versionsOf(city) {
  return [...new Set(city.clusters.map((cluster) => cluster.kubernetes))].sort(byText);
}

const collator = new Intl.Collator('en', { numeric: true });
const byText = (one, other) => collator.compare(one, other);

function variantsOf(name) {
  const found = [];
  for (const city of data.cities) {
    for (const cluster of city.clusters) {
      for (const variant of cluster.variants) if (variant.case === name) found.push({ city, cluster, variant });
    }
  }
  return found;
}

// The graph of a variant with its city's names in it: objects as {kind, namespace, name, owner}, links as {from, verb, to}.
function graphOf(cluster, variant) {
  if (variant.graph === null) return null;
  const graph = data.graphs[variant.graph];
  const shown = (text) => text.replace(/<[^<>]+>/g, (label) => (Object.hasOwn(cluster.names, label) ? cluster.names[label] : label));
  return {
    objects: graph.objects.map(([kind, namespace, name, owner]) => (
      { kind: shown(kind), namespace: shown(namespace), name: shown(name), owner })),
    links: graph.links.map(([from, verb, to]) => ({ from, verb, to })),
  };
}

function deviationsOf(city, only) {
  const { columns, texts } = data.deviations;
  return city.deviations.map((row) => Object.fromEntries(columns.map((name, index) => (
    [name, name === 'line' ? row[index] : texts[row[index]]]))))
    .filter((one) => !only || only(one));
}

function countsOf(numbers) {
  const counts = { error: 0, warning: 0, info: 0 };
  for (const number of numbers) counts[data.findings[number].severity] += 1;
  return counts;
}

function headroomText(headroom) {
  if (!headroom.clusters) return 'not known';
  if (!headroom.fits) return 'does not fit';
  return headroom.percent === null ? 'single node' : `${headroom.percent} %`;
}

const cores = (thousandths) => `${(thousandths / 1000).toLocaleString('en', { maximumFractionDigits: 1 })} CPU`;
const gibibytes = (bytes) => `${(bytes / 2 ** 30).toLocaleString('en', { maximumFractionDigits: 1 })} Gi`;
