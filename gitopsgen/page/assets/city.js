// One city: its clusters with capacity and what runs there, what it sets by itself, what is wrong with it.

function cityView(city) {
  const deviations = deviationsOf(city);
  return [
    h('p', { class: 'crumbs' }, link('#/', 'Fleet'), ' / ', link(`#/?area=${encodeURIComponent(city.area)}`, city.area)),
    h('h1', { tabindex: -1 }, city.name, ' ', h('span', { class: 'zh', lang: 'zh' }, city.zh)),
    facts([['Tier', city.tier], ['Area', city.area], ['Environment', city.environment], ['Wave', city.wave],
      ['Headroom, one node lost', headroomText(city.headroom)], ['Findings', findingsCell(city.findings)], ['Overlays', h('code', null, city.directory)]]),
    section('Clusters', city.clusters.map((cluster) => clusterCard(city, cluster))),
    section('Failover neighbours', neighbours(city)),
    section('What it sets itself', deviations.length
      ? [h('p', { class: 'note' }, 'Values and facts in which the city differs from its tier.'), deviationTable(deviations)]
      : h('p', { class: 'muted' }, 'Everything here is as the tier has it.')),
    section('Findings', findingList(city.findings)),
  ];
}

function neighbours(city) {
  const place = h('div', { class: 'split' });
  const names = new Set([city.name, ...city.failover.map((one) => one.name)]);
  const near = data.cities.filter((one) => names.has(one.name));
  add(place, [
    city.failover.length
      ? table(['City', 'Distance', 'Round trip'], city.failover.map((one) => [link(cityHref(one.name), one.name), `${one.km} km`, `${one.rttMs} ms`]),
        { caption: 'Failover neighbours', numeric: [1, 2] })
      : h('p', { class: 'muted' }, 'Nobody takes over for this city.'),
    near.some(isPlaced) ? cityMap(near, SCALES.tier(), { chosen: city.name, title: 'The city and its neighbours', part: room() > 640 ? 0.53 : 1 }) : null,
  ]);
  return place;
}

function clusterCard(city, cluster) {
  const capacity = cluster.capacity === null ? null : data.capacities[cluster.capacity];
  return h('article', { class: 'card' },
    h('h3', null, cluster.name, cluster.class && cluster.class !== cluster.name ? h('span', { class: 'muted' }, ` of class ${cluster.class}`) : null),
    facts([['Kubernetes', cluster.kubernetes], ['Version set', cluster.versionSet], ['Nodes', capacity ? capacity.nodes : 'not known']]),
    capacity ? capacityBars(capacity, cluster.name) : null,
    h('h4', null, 'What runs here'),
    h('ul', { class: 'variants' }, cluster.variants.map((variant) => {
      const graph = graphOf(cluster, variant);
      const kinds = graph ? kindCounts(graph.objects) : [];
      const total = kinds.reduce((sum, [, count]) => sum + count, 0);
      return h('li', null, link(variantHref(city.name, cluster.name, variant.case), variant.case),
        variant.release ? h('span', { class: 'chip' }, h('b', null, variant.release)) : null,
        h('span', { class: 'muted' }, graph ? ` ${plural(total, 'object', 'objects')}: ${kinds.slice(0, 6).map(([kind, count]) => `${count} ${kind}`).join(', ')}${kinds.length > 6 ? '…' : ''}` : ' did not render'));
    })));
}

// What the pods of each case ask for of what the nodes give: usually, and paler what comes to it at the peak.
function capacityBars(capacity, cluster) {
  const bars = [['Processors', 'cpu', cores], ['Memory', 'memory', gibibytes]].map(([title, resource, shown]) => {
    const whole = capacity.allocatable[resource];
    const widest = Math.max(whole, capacity.total.peak[resource]) || 1;
    const width = 520;
    let x = 0;
    const parts = capacity.cases.filter((one) => one.peak[resource]).map((one) => {
      const size = (one.peak[resource] / widest) * width;
      const part = s('g', null, s('title', null, `${one.case}: ${shown(one.usual[resource])} usually, ${shown(one.peak[resource])} at the peak`),
        [['part', one.usual[resource] / one.peak[resource]], ['part more', 1]].reverse().map(([kind, share]) => s('rect', {
          class: `${kind} tone-${capacity.cases.indexOf(one) % SHAPES.length}`, x: x.toFixed(1), y: 4, width: Math.max(1, size * share - 1.5).toFixed(1), height: 20, rx: 2 })));
      x += size;
      return part;
    });
    const limit = (whole / widest) * width;
    return h('div', { class: 'bar-row' },
      h('div', { class: 'bar-name' }, h('span', null, title), h('span', { class: 'muted' }, `${shown(capacity.total.peak[resource])} of ${shown(whole)} at the peak`)),
      s('svg', { class: 'capacity', viewBox: `0 0 ${width} 28`, preserveAspectRatio: 'none', role: 'img', 'aria-label': `${title}: ${shown(capacity.total.peak[resource])} of ${shown(whole)} at the peak` },
        s('rect', { class: 'rail', y: 4, width, height: 20, rx: 3 }), parts, s('path', { class: 'limit', d: `M${Math.max(1, limit - 1)},0V28` })));
  });
  const rows = capacity.cases.map((one, index) => [
    [swatch({ shape: 'square', tone: `tone-${index % SHAPES.length}` }), ' ', one.case],
    cores(one.usual.cpu), cores(one.peak.cpu), gibibytes(one.usual.memory), gibibytes(one.peak.memory), one.peak.pods]);
  const lost = capacity.oneLost ? `With one node lost, ${capacity.oneLost.cpu} % of the processors and ${capacity.oneLost.memory} % of the memory that are left.` : 'A single node takes pods: with it, the cluster is lost.';
  return [h('div', { class: 'bars' }, bars),
    table(['Case', 'Processors, usual', 'at the peak', 'Memory, usual', 'at the peak', 'Pods'], rows, { caption: `What each case asks for on ${cluster}`, numeric: [1, 2, 3, 4, 5], className: 'tight' }),
    h('p', { class: capacity.fits || capacity.overbooked ? 'note' : 'note bad' }, capacity.fits ? lost : `${capacity.overbooked ? `Overbooked (${capacity.overbooked})` : 'Does not fit'}: ${capacity.problems.join('; ')}.`,
      capacity.breaks.length ? ` First to break: ${capacity.breaks[0]}.` : '')];
}

function deviationTable(deviations) {
  const rows = deviations.map((one) => [h('code', null, one.value), [one.case || 'fact', ' ', h('span', { class: 'muted' }, one.cluster)],
    h('code', { class: 'new' }, one.here || 'none'), h('code', { class: 'old' }, one.tier || 'none'), [h('code', null, `${one.file}${one.line ? `:${one.line}` : ''}`), h('div', { class: 'muted' }, one.layer)]]);
  return table(['Value', 'Case and cluster', 'Here', 'Its tier', 'Set at'], rows, { caption: 'Values that differ from the tier', className: 'deviations' });
}

const MANY = 4; // findings of one rule that are folded

const placeText = (place) => [place.file, place.line, place.column].filter((part) => part !== null).join(':');

function findingList(numbers) {
  if (!numbers.length) return h('p', { class: 'muted' }, 'Nothing was found.');
  const groups = new Map();
  for (const number of numbers) {
    const { code } = data.findings[number];
    if (!groups.has(code)) groups.set(code, []);
    groups.get(code).push(data.findings[number]);
  }
  return h('div', { class: 'group' }, [...groups.values()].map((found) => {
    const list = h('ul', { class: 'findings' }, found.map(findingItem));
    const [{ code, name, severity }] = found;
    if (found.length < MANY) return list;
    return h('details', { open: severity === 'error' }, h('summary', null, h('span', { class: `badge ${severity}` }, severity), ` ${plural(found.length, 'time', 'times')} `, h('b', null, `${code} ${name}`)), list);
  }));
}

function findingItem(one) {
  return h('li', { class: `finding ${one.severity}` },
    h('div', { class: 'finding-head' }, h('span', { class: `badge ${one.severity}` }, one.severity), h('span', { class: 'code' }, `${one.code} ${one.name}`), h('code', { class: 'where' }, placeText(one.location))),
    h('p', null, one.message),
    one.hint ? h('p', { class: 'hint' }, one.hint) : null,
    one.related.length ? h('details', null, h('summary', null, plural(one.related.length, 'related place', 'related places')),
      h('ul', { class: 'plain-list' }, one.related.map((each) => h('li', null, each.message, ' ', h('code', null, placeText(each.location)))))) : null,
    one.cities && one.cities.length ? h('p', { class: 'muted' }, 'In ', one.cities.length > 8 ? plural(one.cities.length, 'city', 'cities') : listed(one.cities.map((name) => link(cityHref(name), name)))) : null);
}
