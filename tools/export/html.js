/* Sorting, searching and the window of one function. The page is whole without it: the first rows of each table are in it. */
(function () {
'use strict';
const data = JSON.parse(document.getElementById('data').textContent);
const PAGE = 100, NAME = 0, LINE = 1; /* of a row in data.functions; the rest are pairs of number and text, see html_table.c */
const table = document.getElementById('functions-table'), body = table.tBodies[0];
const more = document.getElementById('more'), count = document.getElementById('count'), search = document.getElementById('search');
const dialog = document.getElementById('function');
const names = data.functions.map(row => row[NAME].toLowerCase());
let order = data.functions.map((row, index) => index), shown = PAGE, column = null, down = true, opener = null;

function element(name, className, text) {
  const e = document.createElement(name);
  if (className) e.className = className;
  if (text !== undefined) e.textContent = text;
  return e;
}

/* A name is a button that opens its window. */
function link(index) {
  const button = element('button', 'link name', data.functions[index][NAME]);
  button.dataset.fn = index;
  return button;
}

function row(index) {
  const values = data.functions[index], tr = element('tr'), name = element('td');
  name.append(link(index));
  tr.append(name);
  data.columns.forEach((title, c) => {
    const cell = element('td', '', values[2 * c + 3]);
    if (c === data.share) {
      cell.className = 'share' + (values[2 * c + 2] > 50 ? ' hot' : values[2 * c + 2] > 10 ? ' warm' : '');
      cell.style.setProperty('--p', Math.max(0, values[2 * c + 2]) + '%');
    }
    tr.append(cell);
  });
  return tr;
}

function draw() {
  const rows = document.createDocumentFragment();
  for (const index of order.slice(0, shown)) rows.append(row(index));
  body.replaceChildren(rows);
  more.hidden = order.length <= shown;
  count.textContent = order.length === data.functions.length ? order.length + ' functions' : order.length + ' of ' + data.functions.length + ' functions';
}

function arrange() {
  let expression = null;
  search.setCustomValidity('');
  if (search.value) {
    try { expression = new RegExp(search.value, 'iu'); } catch (error) { search.setCustomValidity(error.message); }
  }
  order = [];
  for (let i = 0; i < data.functions.length; i++)
    if (!search.value || (expression ? expression.test(data.functions[i][NAME]) : names[i].includes(search.value.toLowerCase()))) order.push(i);
  if (column !== null) {
    const sign = down ? -1 : 1, at = column;
    if (at === NAME) order.sort((a, b) => sign * (names[a] < names[b] ? -1 : names[a] > names[b] ? 1 : 0) || a - b);
    else order.sort((a, b) => sign * (data.functions[a][at] - data.functions[b][at]) || a - b);
  }
  shown = PAGE;
  draw();
}

Array.from(table.tHead.rows[0].cells).forEach((cell, index) => {
  const at = index === 0 ? NAME : 2 * index;
  cell.querySelector('button').addEventListener('click', () => {
    down = column === at ? !down : at !== NAME;
    column = at;
    for (const other of table.tHead.rows[0].cells) other.removeAttribute('aria-sort');
    cell.setAttribute('aria-sort', down ? 'descending' : 'ascending');
    arrange();
  });
});
search.addEventListener('input', arrange);
search.addEventListener('keydown', event => {
  if (event.key === 'Escape') { search.value = ''; arrange(); }
});
document.getElementById('next').addEventListener('click', () => { shown += PAGE; draw(); });
document.getElementById('all').addEventListener('click', () => { shown = order.length; draw(); });

/* ---- one function ---- */

function calls(title, edges, other) {
  const heading = element('h3', '', title), list = element('table');
  for (const edge of edges) {
    const tr = list.insertRow(), from = edge[other];
    tr.append(element('td', '', edge[4]), element('td'));
    tr.cells[1].append(from < 0 ? element('span', 'soft', 'not known from the text') : link(from));
    const place = element('td', '', '');
    if (edge[2] > 0) place.append(jump(file(edge[0] < 0 ? edge[1] : edge[0]), edge[2]));
    tr.append(place);
  }
  return edges.length ? [heading, list] : [heading, element('p', 'soft', 'none')];
}

function file(index) {
  const values = data.functions[index];
  return values ? values[values.length - 1] : 0;
}

function jump(file, line) {
  const id = 'L' + (file > 0 ? file + '-' : '') + line, target = document.getElementById(id), text = 'line ' + line;
  if (!target) return element('span', '', text);
  const a = element('a', '', text);
  a.href = '#' + id;
  a.addEventListener('click', () => { opener = null; dialog.close(); });
  return a;
}

function open(index) {
  const values = data.functions[index], facts = element('dl', 'facts'), close = element('button', 'button', 'Close');
  const heading = element('h2', 'name', values[NAME]);
  if (!dialog.open) opener = document.activeElement;
  heading.id = 'function-name';
  close.addEventListener('click', () => dialog.close());
  data.columns.forEach((title, c) => facts.append(element('dt', '', title), element('dd', '', values[2 * c + 3] || '\u2013')));
  if (values[LINE] > 0) {
    const place = element('dd');
    place.append(jump(file(index), values[LINE]));
    facts.append(element('dt', '', 'place'), place);
  }
  dialog.replaceChildren(heading, facts, ...calls('Callers', data.edges.filter(e => e[1] === index), 0),
    ...calls('Callees', data.edges.filter(e => e[0] === index), 1));
  if (data.dropped) dialog.append(element('p', 'soft', data.dropped));
  dialog.append(close);
  if (!dialog.open) dialog.showModal();
  dialog.scrollTop = 0;
  close.focus({preventScroll: true});
}
dialog.addEventListener('close', () => { if (opener) opener.focus(); });
dialog.addEventListener('click', event => { if (event.target === dialog) dialog.close(); });
document.addEventListener('click', event => {
  const button = event.target.closest('[data-fn]');
  if (button) open(Number(button.dataset.fn));
});

document.addEventListener('keydown', event => {
  if (event.key !== '/' || event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey || dialog.open) return;
  if (/^(input|textarea|select)$/i.test(event.target.tagName)) return;
  event.preventDefault();
  search.focus();
});
if (data.open >= 0) open(data.open);
document.documentElement.dataset.ready = '1';
})();
