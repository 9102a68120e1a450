// The objects of one variant and their links, in columns from what leads in to what is used.

const COLUMNS = ['Rules and ways in', 'Services', 'Workloads', 'What they use', 'Where that comes from'];
const COLUMN_OF = new Map(Object.entries({
  Service: 1, Gateway: 1, ServiceEntry: 1,
  Deployment: 2, StatefulSet: 2, DaemonSet: 2, Job: 2, CronJob: 2, Pod: 2, ReplicaSet: 2, VirtualMachine: 2, Kafka: 2,
  KafkaNodePool: 2, Cluster: 2, Elasticsearch: 2, Prometheus: 2, Alertmanager: 2, OpenTelemetryCollector: 2,
  ConfigMap: 3, Secret: 3, ServiceAccount: 3, PersistentVolumeClaim: 3, PriorityClass: 3, RuntimeClass: 3,
  Role: 4, ClusterRole: 4, ExternalSecret: 4, SecretStore: 4, ClusterSecretStore: 4, VaultStaticSecret: 4,
  VaultDynamicSecret: 4, VaultPKISecret: 4, Certificate: 4, SealedSecret: 4,
}));
const BOX = { width: 190, height: 38, gap: 12, between: 52, top: 36, left: 12 };

function cut(text, most) {
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}

// Objects of one kind that do the same with the same others are one box: a dozen policies of one workload, say.
// Gives boxes as {objects: [numbers]}, and the lines between boxes.
function gathered(graph) {
  const ends = new Map();
  const note = (number, text) => ends.set(number, [...(ends.get(number) || []), text]);
  for (const { from, verb, to } of graph.links) {
    note(from, `${verb} ${to}`);
    note(to, `${from} ${verb}`);
  }
  const boxes = new Map();
  for (const number of [...ends.keys()].sort((one, other) => one - other)) {
    const { kind, namespace, owner } = graph.objects[number];
    const key = JSON.stringify([kind, namespace, owner, ends.get(number).sort()]);
    if (!boxes.has(key)) boxes.set(key, { objects: [] });
    boxes.get(key).objects.push(number);
  }
  const found = [...boxes.values()];
  const boxOf = new Map(found.flatMap((box, index) => box.objects.map((number) => [number, index])));
  const lines = new Map(graph.links.map((line) => [`${boxOf.get(line.from)} ${line.verb} ${boxOf.get(line.to)}`,
    { from: boxOf.get(line.from), verb: line.verb, to: boxOf.get(line.to) }]));
  return { objects: found.map((box) => ({ ...graph.objects[box.objects[0]], numbers: box.objects })), links: [...lines.values()] };
}

// Puts the linked objects in columns; within one, each stands near what it is linked with.
function layout(graph) {
  const linked = new Set(graph.links.flatMap((line) => [line.from, line.to]));
  const columns = COLUMNS.map(() => []);
  for (const number of [...linked].sort((one, other) => one - other)) {
    const column = COLUMN_OF.get(graph.objects[number].kind);
    columns[column === undefined ? 0 : column].push(number);
  }
  const near = new Map([...linked].map((number) => [number, []]));
  for (const { from, to } of graph.links) {
    near.get(from).push(to);
    near.get(to).push(from);
  }
  const place = new Map();
  const number = (column) => column.forEach((one, index) => place.set(one, index - column.length / 2));
  columns.forEach(number);
  for (let turn = 0; turn < 6; turn += 1) {
    for (const column of turn % 2 ? [...columns].reverse() : columns) {
      const weight = new Map(column.map((one) => {
        const others = near.get(one);
        return [one, others.reduce((sum, other) => sum + place.get(other), 0) / others.length];
      }));
      column.sort((one, other) => weight.get(one) - weight.get(other) || one - other);
      number(column);
    }
  }
  const used = columns.map((column, index) => ({ column, name: COLUMNS[index] })).filter(({ column }) => column.length);
  const tallest = Math.max(0, ...used.map(({ column }) => column.length));
  const spots = new Map();
  used.forEach(({ column }, index) => {
    const start = BOX.top + ((tallest - column.length) * (BOX.height + BOX.gap)) / 2;
    column.forEach((one, row) => spots.set(one, {
      x: BOX.left + index * (BOX.width + BOX.between), y: start + row * (BOX.height + BOX.gap), column: index }));
  });
  return {
    spots,
    headings: used.map(({ name }) => name),
    width: 2 * BOX.left + used.length * (BOX.width + BOX.between) - BOX.between + 16,
    height: BOX.top + tallest * (BOX.height + BOX.gap) + 4,
  };
}

function curve(one, other) {
  if (one.column === other.column) { // around the side
    const x = one.x + BOX.width;
    const [y, to] = [one.y + BOX.height / 2, other.y + BOX.height / 2];
    return `M${x},${y}C${x + 22},${y} ${x + 22},${to} ${x},${to}`;
  }
  const right = one.column < other.column;
  const [x, to] = right ? [one.x + BOX.width, other.x] : [one.x, other.x + BOX.width];
  const bend = (right ? 1 : -1) * Math.min(90, Math.abs(to - x) / 2);
  const [y, end] = [one.y + BOX.height / 2, other.y + BOX.height / 2];
  return `M${x},${y}C${x + bend},${y} ${to - bend},${end} ${to},${end}`;
}

function objectTitle(one) {
  return `${one.kind} ${one.namespace ? `${one.namespace}/` : ''}${one.name}`;
}

function ownerText(one) {
  if (!one.owner) return '';
  return one.owner === NO_MANIFEST ? 'no manifest here: an operator or a chart makes it' : `of ${one.owner}`;
}

function graphPicture(whole, title) {
  const graph = gathered(whole);
  const plan = layout(graph);
  if (!plan.spots.size) return h('p', { class: 'muted' }, 'No object here names another one.');
  const lines = graph.links.map((line) => {
    const [one, other] = [plan.spots.get(line.from), plan.spots.get(line.to)];
    return { ...line, element: s('path', { class: 'line', d: curve(one, other) }) };
  });
  const said = h('p', { class: 'said', 'aria-live': 'polite' }, 'Choose an object to see its links. Arrow keys move between objects.');
  const boxes = [...plan.spots].map(([number, { x, y }]) => {
    const one = graph.objects[number];
    const many = one.numbers.length;
    const named = many > 1 ? `${one.kind} × ${many}, such as ${one.name}` : objectTitle(one);
    const element = s('g', { class: `box ${one.owner ? 'other' : ''}`, role: 'img', 'data-number': number,
      'aria-label': `${named}${one.owner ? `, ${ownerText(one)}` : ''}` },
    many > 1 ? s('rect', { x: x + 4, y: y + 4, width: BOX.width, height: BOX.height, rx: 6 }) : null,
    s('rect', { x, y, width: BOX.width, height: BOX.height, rx: 6 }),
    s('text', { class: 'kind', x: x + 10, y: y + 15 }, cut(one.owner && one.owner !== NO_MANIFEST ? `${one.kind} · ${one.owner}` : one.kind, 32)),
    s('text', { class: 'name', x: x + 10, y: y + 30 }, cut(one.name, many > 1 ? 19 : 25)),
    many > 1 ? s('text', { class: 'count', x: x + BOX.width - 10, y: y + 30 }, `× ${many}`) : null);
    return { number, element };
  });
  const picture = s('svg', { class: 'graph', viewBox: `0 0 ${plan.width} ${plan.height}`, width: plan.width, height: plan.height, role: 'group', 'aria-label': title },
    plan.headings.map((name, index) => s('text', { class: 'heading', x: BOX.left + index * (BOX.width + BOX.between), y: 16 }, name)),
    lines.map((line) => line.element), boxes.map((box) => box.element));

  const choose = (number) => {
    const around = new Set([number]);
    for (const line of lines) {
      const isNear = line.from === number || line.to === number;
      line.element.classList.toggle('near', isNear);
      if (isNear) { around.add(line.from); around.add(line.to); }
    }
    for (const box of boxes) box.element.classList.toggle('near', around.has(box.number));
    picture.classList.toggle('chosen', number !== null);
    replaceWith(said, number === null ? 'Choose an object to see its links. Arrow keys move between objects.' : sentence(graph, whole, number));
  };
  for (const { number, element } of boxes) {
    element.addEventListener('pointerenter', () => choose(number));
    element.addEventListener('focus', () => choose(number));
    element.addEventListener('click', () => element.focus());
  }
  picture.addEventListener('pointerleave', () => {
    const focused = boxes.find((box) => box.element === document.activeElement);
    choose(focused ? focused.number : null);
  });
  roving(boxes.map((box) => box.element), (element) => {
    const spot = plan.spots.get(Number(element.getAttribute('data-number')));
    return [spot.x, spot.y];
  });
  return [said, h('div', { class: 'scroll picture', role: 'region', 'aria-label': title, tabindex: 0 }, picture)];
}

function sentence(graph, whole, number) {
  const one = graph.objects[number];
  const title = (other) => (other.numbers.length > 1 ? `${other.kind} × ${other.numbers.length}` : objectTitle(other));
  const said = graph.links.filter((line) => line.from === number).map((line) => `${line.verb} ${title(graph.objects[line.to])}`);
  const heard = graph.links.filter((line) => line.to === number).map((line) => `${title(graph.objects[line.from])} ${line.verb} it`);
  const owner = one.owner ? ` (${ownerText(one)})` : '';
  const names = one.numbers.length > 1 ? ` (${one.numbers.map((each) => whole.objects[each].name).join(', ')})` : '';
  return [h('strong', null, title(one)), `${owner}${names}: ${[...said, ...heard].join('; ')}`];
}

// The same as a table, for whoever does not see the picture; with all objects, also those without links.
function objectTable(graph) {
  const rows = graph.objects.map((one, number) => {
    const lines = graph.links.filter((line) => line.from === number);
    return [one, [one.kind, one.namespace, one.name, lines.map((line) => h('div', null, line.verb, ' ', objectTitle(graph.objects[line.to])))]];
  }).filter(([one]) => !one.owner).map(([, cells]) => cells);
  return table(['Kind', 'Namespace', 'Name', 'Links'], rows, { caption: 'Objects and their links' });
}

function kindCounts(objects) {
  const counts = new Map();
  for (const one of objects) if (!one.owner) counts.set(one.kind, (counts.get(one.kind) || 0) + 1);
  return [...counts].sort((one, other) => other[1] - one[1] || byText(one[0], other[0]));
}
