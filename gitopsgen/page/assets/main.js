// The address behind `#` says what is shown: `#/`, `#/city/NAME`, `#/case/NAME`, `#/variant/CITY/CLUSTER/CASE`, …

const page = document.getElementById('page');
const PAGES = [['#/', 'Fleet'], ['#/cases', 'Cases'], ['#/findings', 'Findings'], ['#/changes', 'Changes']];
let shown = null;

function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function address() {
  const [path, query] = (window.location.hash.slice(1) || '/').split('?');
  return { parts: path.split('/').filter(Boolean).map(decoded), state: new URLSearchParams(query || '') };
}

function keepAddress(path, state) {
  const query = state.toString();
  try {
    window.history.replaceState(null, '', `#${path}${query ? `?${query}` : ''}`);
  } catch {
    // a viewer that lets nobody change the address: then it stays as it is
  }
}

function view({ parts, state }) {
  const [what, ...names] = parts;
  if (!what) return fleetView(state);
  if (what === 'cases') return casesView();
  if (what === 'findings') return findingsView();
  if (what === 'changes') return changeView();
  if (what === 'case' && caseByName.has(names[0])) return caseView(caseByName.get(names[0]));
  const city = cityByName.get(names[0]);
  if (what === 'city' && city) return cityView(city);
  const cluster = city && city.clusters.find((one) => one.name === names[1]);
  const variant = cluster && cluster.variants.find((one) => one.case === names[2]);
  if (what === 'variant' && variant) return variantView(city, cluster, variant);
  return [h('h1', { tabindex: -1 }, 'Not here'), h('p', null, 'This page knows nothing of ', h('code', null, parts.join('/')), '. ', link('#/', 'To the fleet'))];
}

function navigation(here) {
  const isHere = (href) => (href === '#/' ? !here || here === 'city' || here === 'variant' : href.slice(2).startsWith(here || ' '));
  return h('header', { class: 'top' }, h('div', { class: 'inner' },
    h('a', { class: 'home', href: '#/' }, 'gitopsgen'),
    h('nav', { 'aria-label': 'Pages' }, h('ul', null, PAGES.filter(([href]) => href !== '#/changes' || data.change).map(([href, text]) => h('li', null,
      h('a', { href, 'aria-current': isHere(href) ? 'page' : null }, text,
        href === '#/findings' ? h('span', { class: 'pill' }, data.findings.length) : href === '#/changes' && data.change.dangers.length ? h('span', { class: 'pill bad' }, data.change.dangers.length) : null)))))));
}

function show() {
  const at = address();
  const isElsewhere = shown !== null && shown !== window.location.hash;
  const main = h('main', { id: 'main' }, view(at));
  replaceWith(page, navigation(at.parts[0]), main, h('footer', null, `gitopsgen ${data.tool}. This page asks no server for anything.`));
  shown = window.location.hash;
  const heading = main.querySelector('h1');
  document.title = heading.textContent === page.dataset.title ? page.dataset.title : `${heading.textContent} · ${page.dataset.title}`;
  if (isElsewhere && !at.state.get('row')) {
    window.scrollTo(0, 0);
    heading.focus({ preventScroll: true });
  }
}

document.querySelector('.skip').addEventListener('click', (event) => {
  event.preventDefault();
  const heading = page.querySelector('main h1');
  heading.focus();
});
// On paper nothing can be unfolded: it is laid open before, and folded as it was after.
window.addEventListener('beforeprint', () => {
  for (const one of page.querySelectorAll('details:not([open])')) {
    one.open = true;
    one.classList.add('unfolded');
  }
});
window.addEventListener('afterprint', () => {
  for (const one of page.querySelectorAll('details.unfolded')) {
    one.open = false;
    one.classList.remove('unfolded');
  }
});
let drawnFor = room();
window.addEventListener('resize', () => {
  if (room() === drawnFor) return;
  drawnFor = room();
  show();
});
window.addEventListener('hashchange', () => { if (window.location.hash !== shown) show(); });
show();
