// The rooms of the source and what each may import, read from the table of docs/architecture.md: the page that people
// read is the one that the linter enforces.
import { readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';

const root = dirname(import.meta.dirname);
const page = 'docs/architecture.md';

/** A room: its name (a folder), the places that belong to it, and the rooms that it may import. */
function readRooms() {
  const rows = readFileSync(join(root, page), 'utf8').split('\n').filter((line) => /^\| `[^`]+`/.test(line));
  const table = rows.map((row) => row.split('|').slice(1, -1)).filter((cells) => cells.length === 3);
  const codeIn = (cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, code]) => code);
  return table.map(([places, , imports]) => ({ places: codeIn(places), imports: codeIn(imports) }));
}

/** Every room of the table. The first place names the room. */
export const rooms = readRooms();

/** The room of a file, by the longest place that it is in; undefined for a file outside all rooms (tests, scripts). */
export function roomOf(file) {
  const path = relative(root, file).split(sep).join('/');
  const inside = (place) => path === place || (place.endsWith('/') && path.startsWith(place));
  const found = rooms.flatMap((room) => room.places.filter(inside).map((place) => ({ room, place })));
  return found.sort((a, b) => b.place.length - a.place.length)[0]?.room;
}

/** ESLint rule: an import across rooms has to be in the table. */
export const importsByTheTable = {
  meta: { type: 'problem', schema: [], messages: { notInTable: `{{from}} may not import {{to}}: see the table of rooms in ${page}.` } },
  create(context) {
    const from = roomOf(context.filename);
    if (from === undefined) return {};
    const check = (node, source) => {
      if (typeof source !== 'string' || !source.startsWith('.')) return;
      const to = roomOf(resolve(dirname(context.filename), source));
      if (to === from || (to !== undefined && from.imports.includes(to.places[0]))) return;
      context.report({ node, messageId: 'notInTable', data: { from: from.places[0], to: to?.places[0] ?? source } });
    };
    const bySource = (node) => { check(node, node.source?.value); };
    return { ImportDeclaration: bySource, ExportNamedDeclaration: bySource, ExportAllDeclaration: bySource, ImportExpression: bySource };
  },
};
