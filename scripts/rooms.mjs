// The rooms of the source and their imports, read from docs/architecture.md: the linter enforces the page.
import { readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';

const root = dirname(import.meta.dirname);
const page = 'docs/architecture.md';

/**
 * Every room: its places (folders or files, the first is its name) and the rooms that it may import. A list
 * item has its places before the colon, and below it an item of imports; both may have further lines.
 */
function readRooms() {
  const text = readFileSync(join(root, page), 'utf8');
  const entries = text.matchAll(/^- (`[^:]+`):[^]*?\n {2}- imports ([^]*?)(?=\n- |\n\n)/gm);
  const codeIn = (part) => [...part.matchAll(/`([^`]+)`/g)].map(([, code]) => code);
  return [...entries].map(([, places, imports]) => ({ places: codeIn(places), imports: codeIn(imports) }));
}

export const rooms = readRooms();

/** A file's room, by its longest place; undefined outside all rooms (tests, scripts). */
export function roomOf(file) {
  const path = relative(root, file).split(sep).join('/');
  const inside = (place) => path === place || (place.endsWith('/') && path.startsWith(place));
  const found = rooms.flatMap((room) => room.places.filter(inside).map((place) => ({ room, place })));
  return found.sort((a, b) => b.place.length - a.place.length)[0]?.room;
}

/** Lint rule: imports across rooms have to be listed. */
export const importsAsListed = {
  meta: {
    type: 'problem',
    schema: [],
    messages: { notListed: `{{from}} may not import {{to}}: see the list of rooms in ${page}.` },
  },
  create(context) {
    const from = roomOf(context.filename);
    if (from === undefined) return {};
    const check = (node, source) => {
      if (typeof source !== 'string' || !source.startsWith('.')) return;
      const to = roomOf(resolve(dirname(context.filename), source));
      if (to === from || (to !== undefined && from.imports.includes(to.places[0]))) return;
      context.report({
        node,
        messageId: 'notListed',
        data: { from: from.places[0], to: to?.places[0] ?? source },
      });
    };
    const bySource = (node) => {
      check(node, node.source?.value);
    };
    return {
      ImportDeclaration: bySource,
      ExportNamedDeclaration: bySource,
      ExportAllDeclaration: bySource,
      ImportExpression: bySource,
    };
  },
};
