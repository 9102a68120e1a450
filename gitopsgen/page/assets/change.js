// What changed since a revision: dangers first, then each change once, with where it holds.

function changeView() {
  const { change } = data;
  const head = [h('p', { class: 'crumbs' }, link('#/', 'Fleet')), h('h1', { tabindex: -1 }, 'What changed')];
  if (!change) return [...head, h('p', { class: 'muted' }, 'This page was made without a revision to compare with: gitopsgen report --base REVISION.')];
  return [
    ...head,
    h('p', { class: 'lead' }, 'Since ', h('code', null, change.named), ' (', h('code', null, change.base.slice(0, 10)), '): ', change.summary, '.'),
    section(`Dangers: ${change.dangers.length}`, change.dangers.length
      ? h('ul', { class: 'findings' }, change.dangers.map(findingItem)) : h('p', { class: 'muted' }, 'No rule for dangers found one.')),
    section('Changes', change.changes.length ? change.changes.map(changeItem) : h('p', { class: 'muted' }, 'Nothing differs.'),
      change.leftOut ? h('p', { class: 'note' }, `${plural(change.leftOut, 'more hunk is', 'more hunks are')} left out: gitopsgen diff has them.`) : null),
  ];
}

function changeItem(one, index) {
  return h('details', { open: index < 12 }, h('summary', null, one.heading),
    one.hunks.map((hunk) => h('div', { class: 'hunk' }, h('h3', null, hunk.where),
      h('pre', { tabindex: 0, role: 'region', 'aria-label': `${one.heading}, ${hunk.where}` }, hunk.lines.map(([mark, text]) => h('span', { class: { '+': 'new', '-': 'old', '@': 'at' }[mark] }, `${mark} ${text}\n`))))));
}

function findingsView() {
  const numbers = data.findings.map((_, index) => index);
  const counts = countsOf(numbers);
  return [h('p', { class: 'crumbs' }, link('#/', 'Fleet')), h('h1', { tabindex: -1 }, 'Findings'),
    h('p', { class: 'lead' }, `${plural(counts.error, 'error', 'errors')}, ${plural(counts.warning, 'warning', 'warnings')}.`), findingList(numbers)];
}
