// The fleet: a map and a table of the same cities, narrowed down together. What was chosen stands in the address.

const SORTS = {
  city: { text: 'City', of: (city) => city.name },
  tier: { text: 'Tier', of: (city) => city.tier },
  area: { text: 'Area', of: (city) => city.area },
  wave: { text: 'Wave', of: (city) => city.wave },
  cases: { text: 'Cases and releases', of: (city) => -casesOf(city).size },
  kubernetes: { text: 'Kubernetes', of: (city) => versionsOf(city).join() },
  headroom: { text: 'Headroom, one node lost', of: (city) => (city.headroom.fits ? city.headroom.percent ?? 1e6 : -1) },
  findings: { text: 'Findings', of: (city) => { const c = countsOf(city.findings); return -(c.error * 1e6 + c.warning * 1e3 + c.info); } },
  failover: { text: 'Failover neighbours', of: (city) => -city.failover.length },
};
const FILTERS = {
  tier: { text: 'Tier', of: (city) => [city.tier] },
  area: { text: 'Area', of: (city) => [city.area] },
  wave: { text: 'Wave', of: (city) => [String(city.wave)] },
  case: { text: 'Case', of: (city) => [...casesOf(city).keys()] },
  kubernetes: { text: 'Kubernetes', of: versionsOf },
};
const AT_ONCE = 120;

function cityText(city) {
  return [city.name, city.zh, city.tier, city.area, ...casesOf(city).keys(), ...versionsOf(city), ...city.failover.map((one) => one.name)]
    .join(' ').toLowerCase();
}

function chosenCities(state) {
  const words = (state.get('q') || '').toLowerCase().split(/\s+/).filter(Boolean);
  const wanted = Object.entries(FILTERS).filter(([name]) => state.get(name));
  const found = data.cities.filter((city) => words.every((word) => cityText(city).includes(word))
    && wanted.every(([name, filter]) => filter.of(city).includes(state.get(name))));
  const [key, down] = sortOf(state);
  const { of } = SORTS[key];
  const compare = (one, other) => {
    const [a, b] = [of(one), of(other)];
    return (typeof a === 'number' ? a - b : byText(a, b)) || byText(one.name, other.name);
  };
  return found.sort((one, other) => (down ? -compare(one, other) : compare(one, other)));
}

function sortOf(state) {
  const given = state.get('sort') || 'city';
  const key = given.replace(/^-/, '');
  return Object.hasOwn(SORTS, key) ? [key, given.startsWith('-')] : ['city', false];
}

function fleetView(state) {
  const map = h('div', { class: 'map-place' });
  const place = h('div', { class: 'table-place' });
  const count = h('p', { class: 'count', role: 'status' });
  const update = (changes, isSearch) => {
    for (const [name, value] of Object.entries(changes)) {
      if (value) state.set(name, value);
      else state.delete(name);
    }
    state.delete('row');
    keepAddress('/', state);
    draw(isSearch);
  };

  let waiting;
  function draw(isSearch) {
    const cities = chosenCities(state);
    const colour = Object.hasOwn(SCALES, state.get('by') || '') ? state.get('by') : 'tier';
    const scale = SCALES[colour]();
    clearTimeout(waiting);
    const drawMap = () => replaceWith(map, h('div', { class: 'bar' }, choice('Tell cities apart by', Object.keys(SCALES), colour, (by) => update({ by: by === 'tier' ? '' : by })), legend(scale, cities)),
      cityMap(cities, scale, { frame: data.cities }));
    if (isSearch) waiting = setTimeout(drawMap, 150); // whoever types waits for the table alone
    else drawMap();
    count.textContent = cities.length === data.cities.length ? plural(cities.length, 'city', 'cities') : `${cities.length} of ${plural(data.cities.length, 'city', 'cities')}`;
    replaceWith(place, cityTable(cities, state, update));
    showRow(place, state.get('row'));
  }

  const search = h('input', { type: 'search', id: 'search', placeholder: 'Name, case, version…', value: state.get('q') || '',
    autocomplete: 'off', spellcheck: 'false', oninput: (event) => update({ q: event.target.value }, true) });
  const filters = Object.entries(FILTERS).map(([name, filter]) => {
    const values = [...new Set(data.cities.flatMap(filter.of))].sort(byText);
    return h('label', { class: 'field' }, h('span', null, filter.text),
      h('select', { onchange: (event) => update({ [name]: event.target.value }) },
        h('option', { value: '' }, 'all'),
        values.map((value) => h('option', { value, selected: state.get(name) === value }, value))));
  });
  draw();
  return [
    h('h1', { tabindex: -1 }, document.getElementById('page').dataset.title),
    summary(),
    map,
    h('div', { class: 'bar controls' }, h('label', { class: 'field wide' }, h('span', null, 'Search'), search), filters, count),
    place,
  ];
}

function summary() {
  const counts = countsOf(data.findings.map((_, index) => index));
  const clusters = data.cities.reduce((sum, city) => sum + city.clusters.length, 0);
  const variants = data.cities.reduce((sum, city) => sum + city.clusters.reduce((all, one) => all + one.variants.length, 0), 0);
  const tight = data.cities.filter((city) => !city.headroom.fits).length;
  const tiles = [
    ['Cities', data.cities.length], ['Clusters', clusters], ['Cases', data.cases.length], ['Variants', variants],
    ['Errors', counts.error, counts.error ? 'bad' : ''], ['Warnings', counts.warning], ['Over capacity', tight, tight ? 'bad' : ''],
  ];
  return h('dl', { class: 'tiles' }, tiles.map(([name, value, tone]) => h('div', { class: tone || null }, h('dt', null, name), h('dd', null, value.toLocaleString('en')))));
}

function choice(title, names, chosen, set) {
  return h('fieldset', { class: 'choice' }, h('legend', null, title),
    names.map((name) => h('label', null,
      h('input', { type: 'radio', name: 'colour', value: name, checked: name === chosen, onchange: () => { set(name); focusChoice(name); } }),
      h('span', null, name[0].toUpperCase() + name.slice(1)))));
}

function focusChoice(name) {
  const again = document.querySelector(`.choice input[value="${name}"]`);
  if (again) again.focus();
}

function cityTable(cities, state, update) {
  const [key, down] = sortOf(state);
  const heads = Object.entries(SORTS).map(([name, { text }]) => h('th', { scope: 'col', 'aria-sort': name === key ? (down ? 'descending' : 'ascending') : null },
    h('button', { type: 'button', class: 'sort', 'data-sort': name, onclick: () => {
      update({ sort: name === key && !down ? `-${name}` : name === 'city' ? '' : name });
      const again = document.querySelector(`[data-sort="${name}"]`);
      if (again) again.focus();
    } }, text, h('span', { class: 'arrow', 'aria-hidden': 'true' }, name === key ? (down ? '↓' : '↑') : ''))));
  const body = h('tbody');
  add(body, cities.slice(0, AT_ONCE).map(cityRow));
  const wanted = state.get('row');
  const later = (from) => {
    if (from >= cities.length) return;
    add(body, cities.slice(from, from + 200).map(cityRow));
    setTimeout(later, 0, from + 200);
  };
  if (wanted) add(body, cities.slice(AT_ONCE).map(cityRow));
  else setTimeout(later, 30, AT_ONCE);
  if (!cities.length) add(body, [h('tr', null, h('td', { colspan: heads.length, class: 'empty' }, 'No city is like that.'))]);
  return h('div', { class: 'scroll cities', tabindex: 0, role: 'region', 'aria-label': 'Cities' },
    h('table', { class: 'cities' }, h('caption', { class: 'unseen' }, 'The cities of the fleet'), h('thead', null, h('tr', null, heads)), body));
}

function cityRow(city) {
  return h('tr', { 'data-row': city.name },
    h('th', { scope: 'row' }, link(cityHref(city.name), city.name), ' ', h('span', { class: 'zh', lang: 'zh' }, city.zh), ' ',
      h('a', { class: 'anchor', href: `#/?row=${encodeURIComponent(city.name)}`, 'aria-label': `Link to the row of ${city.name}`, title: 'Link to this row' }, '#')),
    h('td', null, city.tier),
    h('td', null, city.area),
    h('td', null, city.wave),
    h('td', { class: 'cases' }, [...casesOf(city)].map(([name, releases]) => h('span', { class: 'chip' }, name, releases.size ? [' ', h('b', null, [...releases].join(', '))] : null))),
    h('td', null, versionsOf(city).join(', ')),
    h('td', null, headroomCell(city.headroom)),
    h('td', { class: 'nowrap' }, findingsCell(city.findings)),
    h('td', { class: 'neighbours' }, listed(city.failover.map((one) => link(cityHref(one.name), one.name)))));
}

function headroomCell(headroom) {
  const text = headroomText(headroom);
  if (!headroom.clusters || headroom.percent === null || !headroom.fits) return h('span', { class: headroom.fits ? 'muted' : 'bad' }, text);
  return h('span', { class: 'meter' }, meter(headroom.percent), text);
}

function meter(percent) {
  const tone = percent < 10 ? 'heat-3' : percent < 25 ? 'heat-2' : percent < 50 ? 'heat-1' : 'heat-0';
  return s('svg', { width: 48, height: 8, 'aria-hidden': 'true', focusable: 'false' },
    s('rect', { class: 'rail', width: 48, height: 8, rx: 2 }),
    s('rect', { class: tone, width: Math.max(2, (48 * Math.min(100, percent)) / 100), height: 8, rx: 2 }));
}

function findingsCell(numbers) {
  const counts = countsOf(numbers);
  const parts = [
    counts.error ? h('span', { class: 'bad' }, plural(counts.error, 'error', 'errors')) : null,
    counts.warning ? h('span', null, plural(counts.warning, 'warning', 'warnings')) : null,
    counts.info ? h('span', { class: 'muted' }, `${counts.info} info`) : null,
  ].filter(Boolean);
  return parts.length ? listed(parts) : h('span', { class: 'muted' }, 'none');
}

function showRow(place, name) {
  if (!name) return;
  const row = [...place.querySelectorAll('[data-row]')].find((one) => one.dataset.row === name);
  if (!row) return;
  row.classList.add('marked');
  setTimeout(() => {
    row.scrollIntoView({ block: 'center' });
    row.querySelector('a').focus({ preventScroll: true });
  }, 0);
}
