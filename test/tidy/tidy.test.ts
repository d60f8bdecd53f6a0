import { expect } from 'chai';
import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

const MAX_LINES = 300;
const MAX_COLUMNS = 110;
/** Functions whose purpose is documented elsewhere, and where. */
const documentedElsewhere: Record<string, string> = { kindOf: 'at the type that it returns, right above it' };

interface SourceFile {
  path: string;
  text: string;
  lines: string[];
}

async function sources(...folders: string[]): Promise<SourceFile[]> {
  const found = await Promise.all(
    folders.map(async (folder) => {
      const entries = await readdir(join(root, folder), { recursive: true, withFileTypes: true });
      return entries
        .filter(
          (entry) =>
            entry.isFile() &&
            /\.(ts|mjs|sql)$/.test(entry.name) &&
            !entry.parentPath.includes('node_modules'),
        )
        .map((entry) => join(entry.parentPath, entry.name));
    }),
  );
  return Promise.all(
    found
      .flat()
      .sort()
      .map(async (path) => {
        const text = await readFile(path, 'utf8');
        return { path: relative(root, path), text, lines: text.split('\n') };
      }),
  );
}

/** Places that match, as `path:line: text`. */
function places(files: readonly SourceFile[], pattern: RegExp): string[] {
  return files.flatMap(({ path, lines }) =>
    lines.flatMap((line, index) => (pattern.test(line) ? [`${path}:${index + 1}: ${line.trim()}`] : [])),
  );
}

describe('the source', () => {
  let product: SourceFile[];
  let all: SourceFile[];
  before(async () => {
    product = await sources('src', 'commands', 'projections');
    all = [...product, ...(await sources('test', 'simulators', 'demo', 'scripts', 'migrations'))].filter(
      ({ path }) => !path.startsWith(join('test', 'tidy')),
    );
  });

  it('is in files of at most 300 lines', () => {
    expect(product.filter(({ lines }) => lines.length > MAX_LINES).map(({ path }) => path)).to.deep.equal([]);
  });

  it('is in lines of at most 110 columns, but for migrations, whose text is checksummed', () => {
    const free = all.filter(({ path }) => !path.startsWith('migrations') && !path.includes('golden'));
    const long = free.flatMap(({ path, lines }) =>
      lines.flatMap((line, index) => ([...line].length > MAX_COLUMNS ? [`${path}:${index + 1}`] : [])),
    );
    expect(long).to.deep.equal([]);
  });

  it('leaves nothing to be done later, and switches no check off', () => {
    expect(places(all, /\b(TODO|FIXME|XXX|HACK)\b/)).to.deep.equal([]);
    expect(places(all, /@ts-ignore|@ts-nocheck|(es|ox)lint-disable|\bas any\b/)).to.deep.equal([]);
    expect(places(all, /\b(describe|it)\.(skip|only)\b/)).to.deep.equal([]);
  });

  it('makes no float of money', () => {
    expect(places(product, /\bparseFloat\(/)).to.deep.equal([]);
    // Without digits it is decimal.js writing a number out in full; the command line shows seconds with one.
    expect(
      places(
        product.filter(({ path }) => !path.startsWith(join('src', 'cli'))),
        /\.toFixed\([^)]/,
      ),
    ).to.deep.equal([]);
    expect(
      places(product, /\bNumber\([^)]*([cC]ents|[aA]mount|[pP]rice|[rR]ate|[qQ]ty|[cC]harge)/),
    ).to.deep.equal([]);
    expect(places(product, /\bMath\.(round|floor|ceil)\([^)]*([cC]ents|[aA]mount|[pP]rice)/)).to.deep.equal(
      [],
    );
  });

  it('reads neither clock nor environment where it has to be pure', async () => {
    const pure = await sources('commands', 'projections', 'src/pricing', 'src/events');
    expect(places(pure, /\bDate\.now\(|new Date\(\)|\bprocess\.|Math\.random\(/)).to.deep.equal([]);
  });

  it('documents every exported function of the rooms with public code', async () => {
    const documented = await sources(
      'src/ledger',
      'src/journal',
      'src/read-models',
      'src/runtime',
      'src/pricing',
      'commands',
    );
    const bare = documented.flatMap(({ path, lines }) =>
      lines.flatMap((line, index) => {
        const name = /^export (?:async )?function (\w+)/.exec(line)?.[1];
        if (name === undefined) return [];
        const before = lines[index - 1]?.trim() ?? '';
        // The overloads of a function and its implementation share what is said before the first.
        const overload = lines
          .slice(0, index)
          .some((other) => new RegExp(`^export (?:async )?function ${name}\\b`).test(other));
        return before.endsWith('*/') || overload || Object.hasOwn(documentedElsewhere, name)
          ? []
          : [`${path}:${index + 1}: ${name}`];
      }),
    );
    expect(bare).to.deep.equal([]);
  });

  it('speaks of the project alone: no path of a machine, no address of a private network', () => {
    expect(places(all, /(^|[^\w.])\/(root|home|Users|work)\/\w/)).to.deep.equal([]);
    expect(
      places(all, /\b(10\.\d+|192\.168|172\.(1[6-9]|2\d|3[01]))\.\d+\.\d+\b/).filter(
        (place) => !/(^|\/)(simulators|test)\//.test(place),
      ),
    ).to.deep.equal([]);
  });
});
