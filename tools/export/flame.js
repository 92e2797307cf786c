/* Zoom, search and keyboard of a flame graph. The picture is whole without it: this only moves what is there. */
(function () {
'use strict';
const SVG = 'http://www.w3.org/2000/svg', HTML = 'http://www.w3.org/1999/xhtml';
const ROW = 18, CHAR = 7.23, EDGE = 10;

function start(svg) {
  const total = Number(svg.dataset.total), height = Number(svg.dataset.height), whole = svg.dataset.whole === '1';
  const info = svg.querySelector('.flame-info'), top = Number(svg.dataset.top);
  const frames = Array.from(svg.querySelectorAll('.f'), (g, index) => {
    const lines = g.querySelector('title').textContent.split('\n');
    return {g, index, x: Number(g.dataset.x), w: Number(g.dataset.w), d: Number(g.dataset.d), name: lines[0], about: lines.join(' \u00b7 '),
      rect: g.querySelector('rect'), text: g.querySelector('text'), match: false};
  });
  let zoom = frames[0], width = 0, held = frames[0];

  function make(parent, name, attributes) {
    const element = document.createElementNS(SVG, name);
    for (const key in attributes) element.setAttribute(key, attributes[key]);
    return parent.appendChild(element);
  }

  /* East Asian characters and emoji take two columns. */
  function columns(character) {
    const code = character.codePointAt(0);
    return code >= 0x1100 && (code <= 0x115f || (code >= 0x2e80 && code <= 0xd7a3) || (code >= 0xf900 && code <= 0xfaff) ||
      (code >= 0xfe30 && code <= 0xfe6f) || (code >= 0xff00 && code <= 0xff60) || code >= 0x1f300) ? 2 : 1;
  }

  function shorten(name, room) {
    let used = 0, text = '';
    for (const character of name) {
      used += columns(character);
      if (used > room - 1 && text.length + character.length < name.length) return room > 3 ? text + '\u2026' : '';
      text += character;
    }
    return used <= room ? text : '';
  }

  function draw() {
    const scale = (width - 2 * EDGE) / zoom.w;
    for (const f of frames) {
      const above = f.d < zoom.d && f.x <= zoom.x && f.x + f.w >= zoom.x + zoom.w;
      const from = above ? zoom.x : f.x, wide = (above ? zoom.w : f.w) * scale;
      const shown = above || (f.x >= zoom.x && f.x + f.w <= zoom.x + zoom.w && f.d >= zoom.d && wide >= 0.1);
      f.shown = shown;
      f.g.style.display = shown ? '' : 'none';
      if (!shown) continue;
      const left = EDGE + (from - zoom.x) * scale, label = shorten(f.name, Math.floor((wide - 6) / CHAR));
      f.g.classList.toggle('above', above);
      f.rect.setAttribute('x', left.toFixed(2));
      f.rect.setAttribute('width', Math.max(wide, 0.1).toFixed(2));
      if (label && !f.text) f.text = make(f.g, 'text', {y: top + f.d * ROW + 13});
      if (f.text) {
        f.text.setAttribute('x', (left + 3).toFixed(2));
        f.text.textContent = label;
      }
    }
    reset.style.display = zoom === frames[0] ? 'none' : '';
  }

  /* Letters keep their size whatever the width of the window is. */
  function resize() {
    const wanted = Math.max(320, Math.round(svg.getBoundingClientRect().width) || 1200);
    if (wanted === width) return;
    width = wanted;
    svg.setAttribute('viewBox', '0 0 ' + width + ' ' + height);
    svg.setAttribute('height', height);
    if (whole) svg.querySelector('.flame-page').setAttribute('width', width);
    const room = Math.min(250, Math.round(width * 0.45)); /* the title has the other half */
    field.setAttribute('x', width - EDGE - room);
    field.setAttribute('width', room);
    field.setAttribute('y', 8);
    draw();
  }

  function show(f) { info.textContent = f.about; }

  function go(f) {
    zoom = f;
    draw();
    show(f);
    hold(f);
  }

  function hold(f) {
    held.g.setAttribute('tabindex', '-1');
    held = f;
    f.g.setAttribute('tabindex', '0');
    f.g.focus({preventScroll: true});
    show(f);
  }

  function parent(f) {
    for (let i = f.index - 1; i >= 0; i--) if (frames[i].d === f.d - 1) return frames[i];
    return f;
  }
  function child(f) {
    let best = f;
    for (let i = f.index + 1; i < frames.length && frames[i].d > f.d; i++)
      if (frames[i].d === f.d + 1 && frames[i].shown && (best === f || frames[i].w > best.w)) best = frames[i];
    return best;
  }
  function beside(f, step) {
    for (let i = f.index + step; i >= 0 && i < frames.length; i += step) if (frames[i].d === f.d && frames[i].shown) return frames[i];
    return f;
  }

  function share(part) {
    const percent = 100 * part / total;
    return (percent > 0 && percent < 0.1 ? '<0.1' : percent.toFixed(1)) + '%';
  }

  /* A frame inside of one that matches is part of its sum already. */
  function search(pattern) {
    let expression = null, count = 0, sum = 0, until = -1;
    input.setCustomValidity('');
    if (pattern) {
      try { expression = new RegExp(pattern, 'iu'); } catch (error) {
        input.setCustomValidity(error.message);
        info.textContent = error.message;
        return;
      }
    }
    for (const f of frames) {
      f.match = f.index > 0 && expression !== null && expression.test(f.name);
      f.g.classList.toggle('match', f.match);
      if (!f.match) continue;
      count++;
      if (f.x >= until) { sum += f.w; until = f.x + f.w; }
    }
    svg.dataset.matched = sum;
    info.textContent = expression ? count + (count === 1 ? ' frame matches: ' : ' frames match: ') + share(sum) : '';
  }

  const field = make(svg, 'foreignObject', {height: 28}), input = document.createElementNS(HTML, 'input');
  input.type = 'search';
  input.placeholder = 'search by regular expression';
  input.setAttribute('aria-label', 'search functions by regular expression; the key is /');
  input.addEventListener('input', () => search(input.value));
  input.addEventListener('keydown', event => {
    if (event.key === 'Escape') { input.value = ''; search(''); held.g.focus({preventScroll: true}); }
    event.stopPropagation();
  });
  field.appendChild(input);
  const reset = make(svg, 'text', {class: 'flame-reset', x: EDGE, y: 64, tabindex: '0', role: 'button'});
  reset.textContent = 'reset zoom';
  reset.addEventListener('click', () => go(frames[0]));

  for (const f of frames) {
    f.g.addEventListener('click', () => go(f));
    f.g.addEventListener('mouseenter', () => show(f));
    f.g.addEventListener('focus', () => show(f));
  }
  svg.addEventListener('keydown', event => {
    const moves = {ArrowUp: () => hold(parent(held)), ArrowDown: () => hold(child(held)), ArrowLeft: () => hold(beside(held, -1)),
      ArrowRight: () => hold(beside(held, 1)), Enter: () => event.target === reset ? go(frames[0]) : go(held), ' ': () => go(held), Escape: () => go(frames[0]),
      Home: () => go(frames[0]), '/': () => input.focus()};
    if (event.ctrlKey || event.altKey || event.metaKey || !moves[event.key]) return;
    event.preventDefault();
    moves[event.key]();
  });
  if (whole) document.addEventListener('keydown', event => {
    if (event.key === '/' && event.target !== input) { event.preventDefault(); input.focus(); }
  });
  window.addEventListener('resize', resize);
  frames[0].g.setAttribute('tabindex', '0');
  resize();
  show(frames[0]);
}

/* One that is folded away starts when it is opened: laying out what nobody sees takes as long as laying out what is seen. */
document.querySelectorAll('svg.flame').forEach(svg => {
  if (!svg.querySelector('.f')) return;
  const folded = svg.closest('details:not([open])');
  if (folded) folded.addEventListener('toggle', () => start(svg), {once: true});
  else start(svg);
});
})();
