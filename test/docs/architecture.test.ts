import { expect } from 'chai';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { projections } from '../../projections/index.ts';
import { eventSchemas } from '../../src/events/index.ts';
import { allPages, codeIn, definitionsIn, everyPath, pageOf, section } from '../support/docs/pages.ts';

const architecture = pageOf('docs/architecture.md');

describe('docs/architecture.md', () => {
  it('has every event once', () => {
    const named = definitionsIn(section(architecture, '### Events by context')).flatMap(([, events]) =>
      codeIn(events),
    );
    expect(named)
      .to.have.members(Object.keys(eventSchemas))
      .and.have.length(Object.keys(eventSchemas).length);
  });

  it('has every projection with its tables', () => {
    const [models = ''] = section(architecture, '## Read models').split('\nDurable tables');
    const named = definitionsIn(models).map(([name, tables]) => [codeIn(name)[0], codeIn(tables)]);
    expect(named).to.deep.equal(
      [...projections]
        .sort((a, b) => order(named, a.name) - order(named, b.name))
        .map(({ name, tables }) => [name, tables.map((table) => table.name)]),
    );
  });
});

describe('the repairs of libraries in docs/architecture.md', () => {
  const repairs = everyPath().filter((path) => /^src\/.*-repairs\/.*\.ts$/.test(path));

  it('are all files in folders of repairs, each once', () => {
    const listed = definitionsIn(section(architecture, '## Repairs of libraries')).map(
      ([term]) => codeIn(term)[0],
    );
    expect(listed).to.have.members(repairs).and.have.length(repairs.length);
  });
});

const order = (named: readonly (readonly unknown[])[], name: string): number =>
  named.findIndex(([known]) => known === name);

interface Room {
  places: string[];
  imports: string[];
}

const root = resolve(import.meta.dirname, '../..');
const { rooms, roomOf } = (await import(new URL('../../scripts/rooms.mjs', import.meta.url).href)) as {
  rooms: readonly Room[];
  roomOf: (file: string) => Room | undefined;
};

/** The source: TypeScript outside the tests. */
const sources = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '*.ts', '*.tsx'], { cwd: root })
  .toString()
  .split('\n')
  .filter((path) => path !== '' && !path.startsWith('test/') && existsSync(join(root, path)));

const nameOf = (room: Room | undefined): string => room?.places[0] ?? 'no room';

/** The rooms that the files of each room import from. */
function importsInUse(): Map<string, Set<string>> {
  const inUse = new Map(rooms.map((room) => [nameOf(room), new Set<string>()]));
  for (const path of sources) {
    const file = join(root, path);
    const from = nameOf(roomOf(file));
    for (const [, source = ''] of readFileSync(file, 'utf8').matchAll(/(?:from|import\() ?'(\.[^']+)'/g)) {
      const to = nameOf(roomOf(resolve(dirname(file), source)));
      if (to !== from) inUse.get(from)?.add(to);
    }
  }
  return inUse;
}

describe('the list of rooms', () => {
  it('has 27 rooms, in places that exist', () => {
    expect(rooms).to.have.length(27);
    for (const place of rooms.flatMap(({ places }) => places))
      expect(existsSync(join(root, place)), place).to.equal(true);
  });

  it('has a room for every source file', () => {
    expect(sources.length).to.be.greaterThan(400);
    expect(sources.filter((path) => roomOf(join(root, path)) === undefined)).to.deep.equal([]);
  });

  it('names as imports what files import, no more and no less', () => {
    const inUse = importsInUse();
    for (const room of rooms) {
      const listed = room.imports.filter((name) => name !== 'nothing');
      expect(listed, nameOf(room)).to.have.members([...(inUse.get(nameOf(room)) ?? [])]);
    }
  });

  it('has no cycle', () => {
    const left = new Map(rooms.map((room) => [nameOf(room), room.imports]));
    for (let before = Infinity; left.size < before;) {
      before = left.size;
      for (const [name, imports] of left) if (!imports.some((other) => left.has(other))) left.delete(name);
    }
    expect([...left.keys()]).to.deep.equal([]);
  });
});

describe('the documentation', () => {
  it('contains no absolute path of a machine', () => {
    for (const { path, text } of allPages())
      expect(text, path).to.not.match(/(^|[\s`"'(])\/(root|home|Users|work)\//m);
  });

  it('has no line over 110 columns', () => {
    const columns = (line: string): number => [...line].length;
    for (const { path, text } of allPages()) {
      const wide = text
        .split('\n')
        .filter((line) => columns(line) > 110 && !/^\S*https?:\/\/\S+$/.test(line));
      expect(wide, path).to.deep.equal([]);
    }
  });
});
