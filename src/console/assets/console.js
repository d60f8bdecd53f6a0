// What is better with JavaScript: copying, keys, charts over time, buttons that send once. Every page works
// without it.
'use strict';

(() => {
  const own = document.currentScript;
  document.documentElement.classList.add('has-script');

  /** Makes what is new on the page work: the whole page first, later what htmx has put there. */
  function enhance(root) {
    for (const button of root.querySelectorAll('.copy[data-copy]')) button.hidden = false;
    for (const field of root.querySelectorAll('[data-absolute]')) {
      const address = new URL(field.getAttribute('value'), location.href).href;
      field.value = address;
      field.nextElementSibling.dataset.copy = address;
    }
    for (const box of root.querySelectorAll('.table-scroll'))
      if (box.parentElement.closest('.table-scroll') === null) room.observe(box);
    for (const tab of root.querySelectorAll('.tabs [aria-current]'))
      tab.parentElement.scrollLeft = tab.offsetLeft - tab.parentElement.clientWidth / 2;
    drawAll(root);
  }

  // The heads of a table that fits into its box stay in sight.
  const room = new ResizeObserver((boxes) => {
    for (const { target } of boxes)
      target.classList.toggle('fits', target.scrollWidth <= target.clientWidth + 1);
  });

  // Copying.
  document.addEventListener('click', async (event) => {
    const button = event.target.closest?.('.copy[data-copy]');
    if (!button) return;
    await navigator.clipboard?.writeText(button.dataset.copy).catch(() => undefined);
    button.classList.add('copied');
    setTimeout(() => button.classList.remove('copied'), 1200);
  });

  // A month that is chosen opens.
  document.addEventListener('change', (event) => {
    if (event.target.matches?.('[data-submits]') && event.target.value !== '')
      event.target.form.requestSubmit();
  });

  // A button that was pressed sends once; a page that the browser brings back can send again.
  document.addEventListener('submit', (event) => {
    const form = event.target;
    if (!form.matches('form[data-once]')) return;
    if (form.dataset.sent !== undefined) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = '';
    for (const button of form.querySelectorAll('button[type=submit]'))
      button.setAttribute('aria-disabled', 'true');
  });
  addEventListener('pageshow', () => {
    for (const form of document.querySelectorAll('form[data-sent]')) {
      delete form.dataset.sent;
      for (const button of form.querySelectorAll('button[type=submit]'))
        button.removeAttribute('aria-disabled');
    }
  });

  // Menus close when something else is used.
  document.addEventListener('click', (event) => {
    for (const menu of document.querySelectorAll('details.menu[open]'))
      if (!menu.contains(event.target)) menu.open = false;
  });

  // Keys. After a g the next key decides, however long it takes: a sequence with a time limit shuts out those
  // who press slowly.
  let awaitsPlace = false;
  document.addEventListener('pointerdown', () => (awaitsPlace = false));

  /** Whether its keys are text. A box to tick takes none, and keeps the focus while its dialog closes. */
  const takesText = (target) =>
    target.matches?.('input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]');

  /** The link that a letter after g opens, of those that this person has. */
  const placeOf = (key) => (/^[a-z]$/.test(key) ? document.querySelector(`a[data-go="${key}"]`) : null);

  // Single keys can be switched off, for those who speak to their computer. The browser keeps the choice.
  const keyChoice = document.getElementById('keys-on');
  try {
    if (keyChoice) keyChoice.checked = localStorage.getItem('arcadia-keys') !== 'off';
  } catch {
    // A browser that keeps nothing: the keys are on.
  }
  keyChoice?.addEventListener('change', () => {
    localStorage.setItem('arcadia-keys', keyChoice.checked ? 'on' : 'off');
  });
  for (const opener of document.querySelectorAll('[data-opens]')) {
    opener.hidden = false;
    opener.addEventListener('click', () => document.getElementById(opener.dataset.opens)?.showModal());
  }

  function moveRow(by) {
    const rows = [...document.querySelectorAll('main tbody tr:not(.row-below)')];
    if (rows.length === 0) return;
    const focused = rows.findIndex((row) => row.contains(document.activeElement));
    const at = focused === -1 ? rows.findIndex((row) => row.classList.contains('is-current')) : focused;
    for (const row of rows) row.classList.remove('is-current');
    const next = rows[Math.min(Math.max(at + by, 0), rows.length - 1)];
    next.classList.add('is-current');
    next.scrollIntoView({ block: 'nearest' });
    (next.querySelector('a') ?? next).focus?.({ preventScroll: true });
  }

  document.addEventListener('keydown', (event) => {
    const goes = awaitsPlace;
    if (event.key !== 'Shift') awaitsPlace = false;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === 'Escape') {
      for (const menu of document.querySelectorAll('details.menu[open]')) menu.open = false;
      if (document.activeElement?.matches('.search input')) document.activeElement.blur();
      return;
    }
    if (takesText(event.target)) return;
    if (keyChoice?.checked === false || document.querySelector('dialog[open]')) return;
    const place = goes ? placeOf(event.key) : null;
    if (place) {
      location.assign(place.href);
      return;
    }
    const keys = {
      '/': () => document.querySelector('.search input')?.focus(),
      '?': () => document.getElementById('keys')?.showModal(),
      g: () => {
        awaitsPlace = true;
      },
      j: () => moveRow(1),
      k: () => moveRow(-1),
    };
    if (keys[event.key] === undefined) return;
    event.preventDefault();
    keys[event.key]();
  });

  // Charts over time: the library is loaded where a page has one.
  let library = null;

  function loadLibrary() {
    library ??= new Promise((resolve, reject) => {
      const style = document.createElement('link');
      style.rel = 'stylesheet';
      style.href = own.dataset.uplotCss;
      const script = document.createElement('script');
      script.src = own.dataset.uplot;
      script.onload = () => resolve(window.uPlot);
      script.onerror = reject;
      document.head.append(style, script);
    });
    return library;
  }

  const cents = new Intl.NumberFormat('en', { minimumFractionDigits: 2, maximumFractionDigits: 2 });
  const shortCents = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });

  const palette = ['--accent', '--info', '--warn', '--good', '--bad', '--ink-soft'];
  let onPaper = false;
  window.addEventListener('beforeprint', () => (onPaper = true));
  window.addEventListener('afterprint', () => (onPaper = false));

  /** A colour of the style sheet as the page has it now: on paper, that of a light page. */
  function colourOf(name) {
    const probe = document.createElement('span');
    if (onPaper) probe.style.colorScheme = 'light';
    probe.style.color = `var(${name})`;
    document.body.append(probe);
    const { color } = getComputedStyle(probe);
    probe.remove();
    return color;
  }

  /** How wide a chart is in its place: on paper as wide as the sheets allow that are in use. */
  const widthOf = (place) => (onPaper ? 640 : place.clientWidth);

  function draw(place, UPlot) {
    const { labels, lines, money } = JSON.parse(place.dataset.series);
    const style = getComputedStyle(document.documentElement);
    const scale = money ? 100 : 1;
    const show = (value) =>
      value === null || value === undefined ? '–' : money ? cents.format(value) : String(value);
    const axis = {
      stroke: () => colourOf('--ink-soft'),
      font: `12px ${style.fontFamily}`,
      grid: { stroke: () => colourOf('--line'), width: 1 },
      ticks: { show: false },
    };
    // Where no point is pointed at, the legend has the latest figures.
    const latest = labels.length - 1;
    const options = {
      width: Math.max(place.clientWidth, 240),
      height: 220,
      padding: [12, 16, 0, 0],
      legend: { live: true },
      scales: { x: { time: false, range: (_plot, min, max) => [min - 0.25, max + 0.25] } },
      axes: [
        {
          ...axis,
          grid: { show: false },
          // Neighbouring names stay apart.
          space: 16 + 7 * Math.max(0, ...labels.map((label) => label.length)),
          values: (_plot, splits) => splits.map((at) => labels[at] ?? ''),
          incrs: [1, 2, 3, 6, 12, 24],
        },
        {
          ...axis,
          size: (_plot, texts) => 16 + 7 * Math.max(2, ...(texts ?? []).map((text) => text.length)),
          values: (_plot, splits) => splits.map((value) => shortCents.format(value)),
        },
      ],
      series: [
        { label: 'When', value: (_plot, at) => labels[at ?? latest] ?? '–' },
        ...lines.map(({ label }, index) => ({
          label,
          stroke: () => colourOf(palette[index % palette.length]),
          width: 2,
          dash: index < palette.length ? [] : [6, 4],
          points: { show: labels.length <= 36, size: 6 },
          value: (plot, value, of, at) => show(at === null ? plot.data[of][latest] : value),
        })),
      ],
    };
    const data = [
      labels.map((_label, at) => at),
      ...lines.map(({ values }) => values.map((value) => (value === null ? null : value / scale))),
    ];
    const plot = new UPlot(options, data, place);
    const fit = () => {
      if (place.clientWidth > 0) plot.setSize({ width: widthOf(place), height: options.height });
    };
    const repaint = () => {
      const marks = plot.root.querySelectorAll('.u-series:not(:first-child) .u-marker');
      for (const [index, mark] of marks.entries())
        mark.style.borderColor = colourOf(palette[index % palette.length]);
      fit();
    };
    for (const change of ['beforeprint', 'afterprint']) window.addEventListener(change, repaint);
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', repaint);
    new ResizeObserver(fit).observe(place);
  }

  function drawAll(root) {
    const places = [...root.querySelectorAll('.series[data-series]')].filter(
      (place) => place.childElementCount === 0,
    );
    if (places.length === 0) return;
    for (const place of places) place.classList.add('is-drawn');
    loadLibrary()
      .then((UPlot) => places.forEach((place) => draw(place, UPlot)))
      .catch(() => places.forEach((place) => place.classList.remove('is-drawn')));
  }

  // A part that is asked for again waits while something in it is being typed or stands opened.
  const isPolled = (part) => part?.getAttribute('hx-trigger')?.includes('every') ?? false;
  const isTyped = (root) =>
    [...root.querySelectorAll('input:not([type=hidden]), textarea')].some(
      (field) => field.value !== field.defaultValue || field.checked !== field.defaultChecked,
    ) ||
    (root.contains(document.activeElement) && document.activeElement.matches('input, textarea, select'));
  const isOpened = (root) => root.querySelector('main details[data-touched][open]') !== null;
  document.addEventListener('click', (event) => {
    const opened = event.target.closest?.('summary')?.parentElement;
    if (opened) opened.dataset.touched = '';
  });
  document.addEventListener('change', (event) => {
    if (event.target.matches?.('select')) event.target.dataset.touched = '';
  });
  const isInUse = (root) =>
    isTyped(root) || isOpened(root) || root.querySelector('select[data-touched]') !== null;
  document.addEventListener('htmx:before:request', (event) => {
    const part = event.detail.ctx.sourceElement;
    if (isPolled(part) && isInUse(part)) event.preventDefault();
  });
  // Work that has ended changes more of the page than its own part.
  document.addEventListener('htmx:after:swap', (event) => {
    const { sourceElement } = event.detail.ctx;
    const part = sourceElement && document.getElementById(sourceElement.id);
    if (!part?.matches('.live') || isPolled(part)) return;
    const main = document.getElementById('main');
    if (!isInUse(main) && !location.pathname.startsWith('/console/do/')) location.reload();
    else for (const said of part.querySelectorAll('.ended')) said.hidden = false;
  });

  // What htmx asks for may be refused, as when the session has ended: the whole page says why. Figures that
  // are asked for again and again stay as they are until the service answers.
  document.addEventListener('htmx:before:response', (event) => {
    const { ctx } = event.detail;
    if (ctx.response.status < 400) return;
    event.preventDefault();
    if (!isPolled(ctx.sourceElement)) location.assign(ctx.request.action);
    else if (ctx.response.status === 401) location.reload();
  });

  enhance(document);
  document.addEventListener('htmx:after:swap', () => enhance(document));
})();
