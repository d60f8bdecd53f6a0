import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';

const root = fileURLToPath(new URL('../..', import.meta.url));

interface Repair {
  path: string;
  /** The comment at the file's head, without its slashes. */
  header: string;
}

/** The text of a line of the header, up to the next such line. */
function said({ header }: Repair, name: string): string {
  const lines = header.split(/^(?=(?:Upstream|Needed|May go when): )/m);
  return lines.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2) ?? '';
}

const testsIn = (text: string): string[] => text.match(/\btest\/[\w./-]+\.ts\b/g) ?? [];

/**
 * Repairs of libraries lie in folders named for them, `<library>-repairs`, a file each. Its header says in
 * three lines which library and version it repairs with the issue there (`Upstream`), which test fails
 * without it (`Needed`), and how to learn that it may be deleted (`May go when`): by a test of the library
 * alone, by name, which fails once the library is repaired.
 */
describe('a repair of a library', () => {
  let repairs: Repair[];
  let dependencies: Record<string, string>;

  before(async () => {
    const entries = await readdir(join(root, 'src'), { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile() && /-repairs(\/|$)/.test(entry.parentPath));
    repairs = await Promise.all(
      files.map(async ({ parentPath, name }) => {
        const text = await readFile(join(parentPath, name), 'utf8');
        const header = /^(?:\/\/.*\n)*/.exec(text)?.[0].replaceAll(/^\/\/ ?/gm, '') ?? '';
        return { path: relative(root, join(parentPath, name)), header };
      }),
    );
    ({ dependencies } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as {
      dependencies: Record<string, string>;
    });
  });

  it('exists', () => {
    expect(repairs.map(({ path }) => path)).to.include('src/database/postgres-repairs/stale-rows.ts');
  });

  it('names the library in the version that is installed, and the issue there or that none is known', () => {
    for (const repair of repairs) {
      const upstream = said(repair, 'Upstream');
      const [library = '', version = ''] = upstream
        .replace(/[,:;].*/s, '')
        .trim()
        .split(' ');
      expect(dependencies[library], `${repair.path}: Upstream: ${upstream}`).to.equal(version);
      expect(upstream, repair.path).to.match(/https:\/\/github\.com\/|no issue|as in the /);
    }
  });

  it('names the test that needs it', () => {
    for (const repair of repairs) {
      const tests = testsIn(said(repair, 'Needed'));
      expect(tests, `${repair.path}: Needed`).not.to.deep.equal([]);
      for (const test of tests)
        expect(existsSync(join(root, test)), `${repair.path}: ${test}`).to.equal(true);
    }
  });

  it('says when it may go: by a test of the library alone, or by the files that it serves', async () => {
    for (const repair of repairs) {
      const when = said(repair, 'May go when').replaceAll(/\s+/g, ' ');
      expect(when, `${repair.path}: May go when`).not.to.equal('');
      for (const test of testsIn(when))
        expect(existsSync(join(root, test)), `${repair.path}: ${test}`).to.equal(true);
      const names = [...when.matchAll(/"([^"]+)"/g)].map(([, name = '']) => name);
      const tests = testsIn(`${said(repair, 'Needed')} ${when}`);
      const texts = await Promise.all(tests.map((test) => readFile(join(root, test), 'utf8')));
      for (const name of names)
        expect(
          texts.some((text) => text.includes(name)),
          `${repair.path}: "${name}"`,
        ).to.equal(true);
      if (testsIn(when).length + names.length === 0)
        expect(when, repair.path).to.match(/files? (have|has) gone/);
    }
  });
});
