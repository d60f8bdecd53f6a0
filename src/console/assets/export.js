// An export is read here rather than by the browser's own download: so that the page shows how far it is, and
// says so when it was cut off, which a file alone does not.
'use strict';

(() => {
  const grouped = new Intl.NumberFormat('en');

  /** The element that says how far it is, beside the link. */
  function statusOf(link) {
    const place = document.getElementById(link.dataset.export);
    const [bar, text] = [document.createElement('progress'), document.createElement('span')];
    bar.max = Math.max(Number(link.dataset.last), 1);
    bar.setAttribute('aria-label', 'Export');
    text.className = 'num muted';
    place.replaceChildren(bar, text);
    place.hidden = false;
    return {
      show(events, position) {
        bar.value = position;
        text.textContent = `${grouped.format(events)} events, up to position ${grouped.format(position)}`;
      },
      end(message) {
        bar.remove();
        text.textContent = message;
      },
    };
  }

  /**
   * Reads lines of events as they come. What was read goes into blobs, which the browser keeps on disk.
   * @returns the file, or null where its last line does not say that it is complete
   */
  async function readAll(response, show) {
    const parts = [];
    const decoder = new TextDecoder();
    const reader = response.body.getReader();
    let [events, position, rest] = [0, 0, ''];
    for (;;) {
      // Cut off by the service or on the way.
      const { done, value } = await reader.read().catch(() => ({ done: true }));
      if (done) break;
      parts.push(new Blob([value]));
      const lines = (rest + decoder.decode(value, { stream: true })).split('\n');
      rest = lines.pop();
      const last = lines.filter((line) => line !== '').at(-1);
      if (last === undefined) continue;
      const line = JSON.parse(last);
      if (line.complete === true) return { file: new Blob(parts), events: line.events };
      events += lines.length;
      position = line.position;
      show(events, position);
    }
    return { file: null, events };
  }

  function save(file, name) {
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob([file], { type: 'application/x-ndjson' }));
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  }

  let isRunning = false;

  document.addEventListener('click', async (event) => {
    const link = event.target.closest?.('a[data-export]');
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    if (isRunning) return;
    isRunning = true;
    try {
      const status = statusOf(link);
      const response = await fetch(link.href).catch(() => null);
      if (response === null) return status.end('The service was not reached. Try again.');
      // A refusal is a page of its own, which says why.
      if (!response.ok) return location.assign(link.href);
      const { file, events } = await readAll(response, status.show);
      if (file === null)
        return status.end(`The export was cut off after ${grouped.format(events)} events. Try again.`);
      save(
        file,
        /filename="([^"]+)"/.exec(response.headers.get('content-disposition'))?.[1] ?? 'events.ndjson',
      );
      status.end(`All ${grouped.format(events)} events are in the file.`);
    } finally {
      isRunning = false;
    }
  });
})();
