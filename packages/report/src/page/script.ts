/**
 * The page's one script: figures under the pointer and the arrow keys, light and dark, print. The page is complete without
 * it. It is ES2019 as text, because the page's policy knows it by its digest.
 */
export const pageScript = `
'use strict';
(() => {
  const tip = document.getElementById('tip');
  const locale = 'en-US';
  const number = new Intl.NumberFormat(locale, { maximumSignificantDigits: 4 });
  document.querySelector('.tools').hidden = false;
  document.getElementById('print').addEventListener('click', () => window.print());
  document.getElementById('theme').addEventListener('click', () => {
    const root = document.documentElement;
    const dark = root.dataset.theme ? root.dataset.theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
    root.dataset.theme = dark ? 'light' : 'dark';
  });
  const menu = document.querySelector('nav details');
  if (matchMedia('(max-width: 999px)').matches) menu.open = false;
  menu.addEventListener('click', (event) => {
    if (event.target.closest('a') && matchMedia('(max-width: 999px)').matches) menu.open = false;
  });
  // A link to a figure opens what hides it.
  const reveal = () => {
    let element = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    for (; element; element = element.parentElement) if (element.tagName === 'DETAILS') element.open = true;
  };
  window.addEventListener('hashchange', reveal);
  reveal();
  // Long series stand in the page as CSV; a table is made of one when it is opened.
  const csvRows = (text) => {
    const rows = [];
    let row = [];
    for (const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^,\\n]*))(,|\\n|$)/g)) {
      row.push(quoted === undefined ? plain : quoted.replace(/""/g, '"'));
      if (end === ',') continue;
      rows.push(row);
      row = [];
      if (end === '') break;
    }
    return rows;
  };
  const tableOf = (pre) => {
    const [head, ...rows] = csvRows(pre.textContent);
    const isNumber = head.map((_, column) => rows.some((row) => row[column] !== '') && rows.every((row) => row[column] === '' || !Number.isNaN(Number(row[column]))));
    const table = document.createElement('table');
    const fill = (into, kind, cells) => {
      const line = into.insertRow();
      cells.forEach((value, column) => {
        const one = document.createElement(kind);
        if (kind === 'th') one.scope = 'col';
        if (isNumber[column]) one.className = 'number';
        one.textContent = value;
        line.append(one);
      });
    };
    fill(table.createTHead(), 'th', head);
    const body = table.createTBody();
    let next = 0;
    const more = () => {
      for (const end = next + 300; next < Math.min(end, rows.length); next++) fill(body, 'td', rows[next]);
      if (next < rows.length) requestAnimationFrame(more);
    };
    more();
    const box = document.createElement('div');
    for (const { name, value } of pre.attributes) box.setAttribute(name, value);
    box.append(table);
    pre.hidden = true;
    pre.after(box);
  };
  for (const details of document.querySelectorAll('details.data')) {
    const pre = details.querySelector('pre');
    const save = details.querySelector('.save');
    save.hidden = false;
    if (pre) details.addEventListener('toggle', () => { if (details.open && !pre.hidden) tableOf(pre); });
    save.addEventListener('click', () => {
      const cells = (line) => [...line.cells].map(({ textContent: text }) => (/[",\\n]/.test(text) ? '"' + text.replace(/"/g, '""') + '"' : text));
      const text = pre ? pre.textContent : [...details.querySelectorAll('tr')].map((line) => cells(line).join(',')).join('\\n');
      const link = document.createElement('a');
      link.href = URL.createObjectURL(new Blob([text + '\\n'], { type: 'text/csv' }));
      link.download = save.dataset.name + '.csv';
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 1000);
    });
  }
  let cursor;
  const hide = () => {
    tip.hidden = true;
    if (cursor) cursor.remove();
    cursor = undefined;
  };
  for (const plot of document.querySelectorAll('.plot')) {
    let points;
    let shown = -1;
    const image = () => [...plot.querySelectorAll('svg')].find((svg) => svg.getClientRects().length > 0);
    const show = (index) => {
      points = points || JSON.parse(plot.nextElementSibling.textContent);
      const svg = image();
      if (!svg || points.at.length === 0) return;
      shown = Math.max(0, Math.min(points.at.length - 1, index));
      const box = svg.getBoundingClientRect();
      const outer = plot.getBoundingClientRect();
      const place = Number(svg.dataset.start) + Number(svg.dataset.length) * points.at[shown];
      if (!cursor || cursor.parentElement !== plot) {
        hide();
        cursor = document.createElement('div');
        cursor.className = points.flat ? 'cursor flat' : 'cursor';
        plot.append(cursor);
      }
      if (points.flat) cursor.style.top = (box.top - outer.top + place * box.height) + 'px';
      else cursor.style.left = (box.left - outer.left + place * box.width) + 'px';
      const head = document.createElement('strong');
      head.textContent = points.x ? points.x + ' ' + points.l[shown] : points.l[shown];
      const rows = points.m.filter((mark) => mark.v[shown] !== null).map((mark) => {
        const row = document.createElement('div');
        const dot = document.createElement('i');
        dot.className = 'dot-' + mark.t;
        const name = document.createElement('span');
        name.textContent = mark.n;
        const value = document.createElement('b');
        value.textContent = number.format(mark.v[shown]) + (mark.u ? ' ' + mark.u : '');
        row.append(dot, name, value);
        return row;
      });
      tip.replaceChildren(head, ...rows);
      tip.hidden = false;
      const x = points.flat ? box.left + box.width / 2 : box.left + place * box.width;
      const wide = tip.offsetWidth;
      const left = x + 14 + wide > innerWidth ? Math.max(4, x - 14 - wide) : x + 14;
      const y = points.flat ? box.top + place * box.height + 10 : box.top + 8;
      tip.style.left = (left + scrollX) + 'px';
      tip.style.top = (y + scrollY) + 'px';
    };
    const nearest = (event) => {
      points = points || JSON.parse(plot.nextElementSibling.textContent);
      const svg = image();
      if (!svg) return -1;
      const box = svg.getBoundingClientRect();
      const share = points.flat ? (event.clientY - box.top) / box.height : (event.clientX - box.left) / box.width;
      const at = (share - Number(svg.dataset.start)) / Number(svg.dataset.length);
      let best = 0;
      points.at.forEach((one, index) => {
        if (Math.abs(one - at) < Math.abs(points.at[best] - at)) best = index;
      });
      return best;
    };
    plot.addEventListener('pointermove', (event) => show(nearest(event)));
    plot.addEventListener('pointerdown', (event) => show(nearest(event)));
    const leave = () => {
      shown = -1;
      hide();
    };
    plot.addEventListener('pointerleave', (event) => { if (event.pointerType === 'mouse') leave(); });
    plot.addEventListener('blur', leave);
    plot.addEventListener('keydown', (event) => {
      const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1, Home: -1e9, End: 1e9 }[event.key];
      if (event.key === 'Escape') hide();
      if (step === undefined) return;
      event.preventDefault();
      show(shown < 0 ? (step > 0 && step < 1e9 ? 0 : step > 0 ? 1e9 : 0) : shown + step);
    });
  }
  document.addEventListener('keydown', (event) => { if (event.key === 'Escape') hide(); });
  window.addEventListener('scroll', () => { if (document.activeElement === document.body) hide(); }, { passive: true });
})();
`;
