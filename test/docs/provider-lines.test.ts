import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../support/docs/pages.ts';

/** How many lines each part of the list of the provider's habits has. */
const lines = { B: 7, C: 5, D: 5, E: 9, F: 10 };

describe("the table of the provider's habits", () => {
  it('has a test whose title begins with the id for every line', () => {
    const page = readFileSync(join(root, 'docs/testing.md'), 'utf8');
    const rows = [...page.matchAll(/^\| ([B-F]\d+) +\|.*\| `([^`]+)` +\|$/gm)];
    const wanted = Object.entries(lines).flatMap(([part, count]) =>
      Array.from({ length: count }, (_, index) => `${part}${index + 1}`),
    );
    expect(rows.map(([, id]) => id)).to.deep.equal(wanted);
    for (const [, id = '', file = ''] of rows) {
      const text = readFileSync(join(root, file), 'utf8');
      expect(new RegExp(`\\bit\\(\\s*['"\`]${id} `).test(text), `${id} in ${file}`).to.equal(true);
    }
  });
});
