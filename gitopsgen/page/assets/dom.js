// Elements of the page. Text only ever goes in as text: nothing here reads markup.

const SVG = 'http://www.w3.org/2000/svg';

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? '' : String(value));
  }
  add(element, children);
  return element;
}

function add(element, children) {
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false) continue;
    element.append(child instanceof Node ? child : String(child));
  }
}

function h(tag, attributes, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

function s(tag, attributes, ...children) {
  return fill(document.createElementNS(SVG, tag), attributes, children);
}

function replaceWith(parent, ...children) {
  parent.replaceChildren();
  add(parent, children);
}

function plural(count, one, many) {
  return `${count.toLocaleString('en')} ${count === 1 ? one : many}`;
}

// A table of plain cells; a cell is text, a node, or a list of both.
function table(headings, rows, options) {
  const { caption, className, numeric = [] } = options || {};
  const kind = (index) => (numeric.includes(index) ? 'number' : null);
  return h('div', { class: `scroll ${className || ''}`, tabindex: 0, role: 'region', 'aria-label': caption },
    h('table', { class: className || null },
      h('caption', { class: 'unseen' }, caption),
      h('thead', null, h('tr', null, headings.map((name, index) => h('th', { scope: 'col', class: kind(index) }, name)))),
      h('tbody', null, rows.map((cells) => h('tr', null, cells.map((cell, index) =>
        (index === 0 ? h('th', { scope: 'row', class: kind(index) }, cell) : h('td', { class: kind(index) }, cell))))))));
}

function section(title, ...children) {
  return h('section', { class: 'section' }, h('h2', null, title), children);
}

function facts(pairs) {
  return h('dl', { class: 'facts' }, pairs.filter(([, value]) => value !== '' && value !== null && value !== undefined)
    .map(([name, value]) => h('div', null, h('dt', null, name), h('dd', null, value))));
}

function link(href, ...children) {
  return h('a', { href }, children);
}

// A list of things that are separated by commas for the eye and for whoever listens.
function listed(items) {
  return items.flatMap((item, index) => (index ? [', ', item] : [item]));
}

// Moves one tab stop through many elements with the arrow keys, to the nearest one in that direction.
const DIRECTIONS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

function roving(elements, place) {
  elements.forEach((element, index) => element.setAttribute('tabindex', index ? '-1' : '0'));
  const go = (from, to) => {
    from.setAttribute('tabindex', '-1');
    to.setAttribute('tabindex', '0');
    to.focus();
  };
  for (const element of elements) {
    element.addEventListener('keydown', (event) => {
      const direction = DIRECTIONS[event.key];
      if (!direction) return;
      event.preventDefault();
      const [x, y] = place(element);
      let best = null;
      for (const other of elements) {
        const [ox, oy] = place(other);
        const along = (ox - x) * direction[0] + (oy - y) * direction[1];
        const across = Math.abs((ox - x) * direction[1]) + Math.abs((oy - y) * direction[0]);
        const cost = along + 2.5 * across;
        if (along > 0.5 && (best === null || cost < best.cost)) best = { cost, other };
      }
      if (best) go(element, best.other);
    });
  }
}
