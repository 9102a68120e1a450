// One variant: its objects, what they have to do with each other, and the values that are its own.

function variantView(city, cluster, variant) {
  const graph = graphOf(cluster, variant);
  const address = `${city.name}/${cluster.name}/${variant.case}`;
  const own = deviationsOf(city, (one) => one.cluster === cluster.name && one.case === variant.case);
  return [
    h('p', { class: 'crumbs' }, link('#/', 'Fleet'), ' / ', link(cityHref(city.name), city.name), ' / ', cluster.name),
    h('h1', { tabindex: -1 }, address),
    facts([['Case', link(caseHref(variant.case), variant.case)], ['Release', variant.release || 'none'], ['Kubernetes', cluster.kubernetes]]),
    graph ? [
      section('Objects and their links', graphPicture(graph, `Objects of ${address} and their links`)),
      section('Objects by kind', h('ul', { class: 'counts' }, kindCounts(graph.objects).map(([kind, count]) => h('li', null, h('b', null, count), ' ', kind))),
        h('details', null, h('summary', null, 'All objects'), objectTable(graph))),
    ] : h('p', { class: 'note bad' }, 'It did not render: see the findings.'),
    section('What the city sets itself', own.length ? deviationTable(own) : h('p', { class: 'muted' }, 'Everything here is as the tier has it.')),
  ];
}
