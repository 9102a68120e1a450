// One case: where it runs and in which release, how far its rollout is, what it promises and which controls it supports.

function caseView(one) {
  const variants = variantsOf(one.name);
  const scale = releaseScale(one.name);
  const cities = scale.cities;
  return [
    h('p', { class: 'crumbs' }, link('#/', 'Fleet'), ' / ', link('#/cases', 'Cases')),
    h('h1', { tabindex: -1 }, one.name),
    h('p', { class: 'lead' }, one.description || one.title),
    facts([['Runs on', `${plural(variants.length, 'cluster', 'clusters')} of ${plural(cities.length, 'city', 'cities')}`], ['Namespace', h('code', null, one.namespace)],
      ['Kubernetes', one.kubernetes], ['Components', one.components.join(', ')], ['Findings', findingsCell(one.findings)]]),
    section('Rollout', rollout(one)),
    section('Where it runs', cities.length ? [legend(scale, cities), cityMap(cities, scale, { title: `Where ${one.name} runs`, frame: data.cities })] : h('p', { class: 'muted' }, 'It runs nowhere.')),
    section('What runs', kinds(one, variants)),
    section('Objectives', one.objectives.length ? table(['Objective', 'Target'], one.objectives.map((each) => [each.name, each.target]), { caption: 'Objectives', className: 'narrow' })
      : h('p', { class: 'muted' }, 'The blueprint promises nothing.')),
    section('Controls it supports', controls(one.controls)),
    section('Findings', findingList(one.findings)),
  ];
}

function rollout(one) {
  const progress = one.rollout;
  if (!progress || !progress.batches.length) return h('p', { class: 'muted' }, 'It has no waves.');
  const share = progress.clusters ? Math.round((100 * progress.done) / progress.clusters) : 0;
  const said = progress.release
    ? `${progress.release} of ${progress.date} runs on ${progress.done} of ${plural(progress.clusters, 'cluster', 'clusters')} (${share} %)${progress.next ? `; next: ${progress.next}` : ''}.`
    : `No release yet: values of overlays reach all ${plural(progress.clusters, 'cluster', 'clusters')} at once.`;
  return [h('p', { class: 'note' }, said), h('ol', { class: 'waves' }, progress.batches.map((batch) => {
    const done = batch.clusters.filter((each) => each.release && each.release === progress.release).length;
    const title = batch.of === 1 ? batch.wave : `${batch.wave} ${batch.number}/${batch.of}`;
    return h('li', null, h('div', { class: 'wave-name' }, h('b', null, title), h('span', { class: 'muted' }, progress.release ? ` ${done} of ${batch.clusters.length}` : ` ${batch.clusters.length}`)),
      h('ul', { class: 'dots' }, batch.clusters.map((each) => {
        const city = each.cluster.split('/')[0];
        const state = !progress.release ? 'free' : each.release === progress.release ? 'done' : each.release ? 'behind' : 'waiting';
        return h('li', null, h('a', { href: cityHref(city), class: `dot ${state}`, title: `${each.cluster}: ${each.release || 'no release'}` },
          state === 'free' ? null : h('span', { class: 'sign', 'aria-hidden': 'true' }, { done: '✓', behind: '↑', waiting: '·' }[state]), city,
          state !== 'free' ? h('span', { class: 'unseen' }, `, ${each.release || 'no release'}`) : null));
      })));
  }))];
}

// The different forms that the case has, the commonest first: which objects, where.
function kinds(one, variants) {
  const forms = new Map();
  for (const each of variants) {
    if (!forms.has(each.variant.graph)) forms.set(each.variant.graph, []);
    forms.get(each.variant.graph).push(each);
  }
  const sorted = [...forms].filter(([graph]) => graph !== null).sort((first, second) => second[1].length - first[1].length);
  if (!sorted.length) return h('p', { class: 'muted' }, 'Nothing of it renders.');
  const place = h('div');
  const show = (members) => {
    const { cluster, variant } = members[0];
    const graph = graphOf(cluster, variant);
    replaceWith(place, graphPicture(graph, `Objects of ${one.name} and their links`));
  };
  const names = sorted.map(([, members]) => `${plural(members.length, 'cluster', 'clusters')}, such as ${members[0].city.name}/${members[0].cluster.name}`);
  show(sorted[0][1]);
  return [
    sorted.length > 1 ? h('label', { class: 'field' }, h('span', null, `It has ${sorted.length} forms`),
      h('select', { onchange: (event) => show(sorted[Number(event.target.value)][1]) }, names.map((name, index) => h('option', { value: index }, name)))) : h('p', { class: 'note' }, `The same objects on ${names[0]}.`),
    place,
  ];
}

function controls(found) {
  if (!found.length) return h('p', { class: 'muted' }, 'No standard says anything of it.');
  const frameworks = [...new Set(found.map((one) => one.framework))];
  return [h('p', { class: 'note' }, 'Manifests support compliance; they do not prove it.'), frameworks.map((framework) => {
    const own = found.filter((one) => one.framework === framework);
    const supported = own.filter((one) => one.supported).length;
    const rows = own.map((one) => [one.number, one.title,
      one.supported === one.variants ? 'everywhere' : one.supported ? `${one.supported} of ${one.variants}` : h('span', { class: 'bad' }, 'nowhere'),
      one.places.map((place) => h('div', null, h('code', null, place)))]);
    return h('details', null, h('summary', null, framework, h('span', { class: 'muted' }, ` ${supported} of ${plural(own.length, 'control', 'controls')}`)),
      table(['Control', 'What it asks', 'Supported', 'For instance at'], rows, { caption: framework, className: 'wide' }));
  })];
}

function casesView() {
  const rows = data.cases.map((one) => {
    const variants = variantsOf(one.name);
    const progress = one.rollout;
    return [link(caseHref(one.name), one.name), one.title, variants.length, new Set(variants.map((each) => each.city.name)).size,
      progress && progress.release ? `${progress.release}: ${progress.done} of ${progress.clusters}` : h('span', { class: 'muted' }, 'none'), findingsCell(one.findings)];
  });
  return [h('p', { class: 'crumbs' }, link('#/', 'Fleet')), h('h1', { tabindex: -1 }, 'Cases'),
    table(['Case', 'Title', 'Clusters', 'Cities', 'Newest release', 'Findings'], rows, { caption: 'Cases', numeric: [2, 3] })];
}
