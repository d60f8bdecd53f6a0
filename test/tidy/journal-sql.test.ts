import { expect } from 'chai';
import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** The product's files whose text matches, from the root. */
async function filesWith(pattern: RegExp): Promise<string[]> {
  const found: string[] = [];
  for (const folder of ['src', 'commands', 'projections']) {
    const entries = await readdir(join(root, folder), { recursive: true, withFileTypes: true });
    for (const entry of entries) {
      if (!entry.isFile() || !/\.tsx?$/.test(entry.name)) continue;
      const path = join(entry.parentPath, entry.name);
      if (pattern.test(await readFile(path, 'utf8'))) found.push(relative(root, path));
    }
  }
  return found.sort();
}

describe('SQL on the journal', () => {
  it('is in src/journal alone', async () => {
    const tables = 'journal|journal_hashes|journal_source|log_identity';
    const statement = new RegExp(
      `\\b(from|join|into|update|table|lock)\\s+(only\\s+)?(${tables})\\b(?!['.-])`,
    );
    const files = await filesWith(statement);
    expect(files.filter((file) => !file.startsWith(join('src', 'journal')))).to.deep.equal([]);
    expect(files).to.include(join('src', 'journal', 'read-journal.ts'));
  });

  it('selects recorded events, and the head, in one place', async () => {
    const place = [join('src', 'journal', 'read-journal.ts')];
    expect(await filesWith(/select position, stream, revision, id, type, data, metadata\b/)).to.deep.equal(
      place,
    );
    expect(await filesWith(/max\(position\)/)).to.deep.equal(place);
  });
});
