import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { codeIn, definitionsIn, everyPath, pageOf, root, section } from '../support/docs/pages.ts';

/** The sources as one text: adjacent strings joined, interpolated values as `…`. */
const sources = everyPath()
  .filter((path) => /^(src|scripts|projections)\/.*\.(ts|mjs)$/.test(path))
  .map((path) => readFileSync(join(root, path), 'utf8'))
  .join('\n')
  .replaceAll(/['"`]\s*\+\s*['"`]/g, '')
  .replaceAll(/\$\{[^}]*\}/g, '…');

describe('the messages in docs/troubleshooting.md', () => {
  const page = pageOf('docs/troubleshooting.md');
  const symptoms = ['## Setting up', '## Starting', '## Requests'].flatMap((heading) =>
    definitionsIn(section(page, heading)).map(([term]) => /^\*\*(.+?)\*\*/.exec(term)?.[1] ?? ''),
  );

  it('are messages of the sources', () => {
    const messages = symptoms.flatMap(codeIn).filter((code) => / /.test(code) && !/^(npm|GET) /.test(code));
    expect(messages.length).to.be.greaterThan(10);
    const pieces = messages.flatMap((message) => message.split(/…|\b4005\b|\b17\b|\b20\.19\b|"postgres"/));
    expect(pieces.map((piece) => piece.trim()).filter((piece) => !sources.includes(piece))).to.deep.equal([]);
  });
});
