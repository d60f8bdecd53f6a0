import { expect } from 'chai';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { root } from '../support/docs/pages.ts';

describe('the pictures of the README', () => {
  it('are those that the tests of the console make, each with a text in its place', async () => {
    const readme = await readFile(join(root, 'README.md'), 'utf8');
    const shown = [...readme.matchAll(/!\[([^\]]+)\]\(docs\/images\/([^)]+)\)/g)];
    expect(shown.length).to.be.at.least(3);
    const files = await readdir(join(root, 'docs/images'));
    expect(shown.map(([, , file]) => file)).to.have.members(files);
    for (const [, text = ''] of shown) expect(text.length, text).to.be.greaterThan(20);
  });
});
