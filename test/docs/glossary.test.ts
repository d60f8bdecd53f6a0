import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { eventSchemas } from '../../src/events/index.ts';
import { codeIn, definitionsIn, everyPath, pageOf, root } from '../support/docs/pages.ts';

const paths = everyPath();
const sourceFiles = paths.filter((path) => /^(src|commands|projections)\/.*\.ts$/.test(path));
const sources = sourceFiles.map(textOf);
const migrations = paths.filter((path) => /^migrations\/.*\.sql$/.test(path)).map(textOf);

/** Every name that a word of the glossary may have in the code. */
const names = new Set([
  ...Object.keys(eventSchemas),
  ...paths,
  ...sourceFiles.map((path) => basename(path, '.ts')),
  ...namesIn(sources, /^export (?:async |abstract )?(?:function\*?|const|class|interface|type) (\w+)/gm),
  // Tables of read models, and durable ones.
  ...namesIn(sources, /^ {2}name: '([a-z_]+)',$/gm),
  ...namesIn(migrations, /create table (?:if not exists )?([a-z_]+)/gi),
  // Fields: members of schemas and types, with an underscore.
  ...namesIn(sources, /\b([a-z]+(?:_[a-z]+)+)\??: /g),
]);

function textOf(path: string): string {
  return readFileSync(join(root, path), 'utf8');
}

function namesIn(texts: readonly string[], pattern: RegExp): string[] {
  return texts.flatMap((text) => [...text.matchAll(pattern)].map(([, name = '']) => name));
}

describe('the glossary', () => {
  const words = definitionsIn(pageOf('docs/glossary.md').text);

  it('defines each word once', () => {
    const terms = words.map(([term]) => /^\*\*(.+?)\*\*/.exec(term)?.[1] ?? term);
    expect(new Set(terms).size).to.equal(terms.length);
    expect(words.filter(([, definition]) => definition.length < 10)).to.deep.equal([]);
    expect(terms).to.include.members(['Event', 'Checkpoint', 'Signed head', 'Late fact', 'Leakage']);
  });

  for (const [term] of words) {
    it(`${term.replaceAll('*', '')} is in the code`, () => {
      expect(codeIn(term)).to.not.deep.equal([]);
      expect(codeIn(term).filter((name) => !names.has(name))).to.deep.equal([]);
    });
  }

  it('fails for a name that no longer exists', () => {
    expect(names.has('LateFact') && names.has('InvoiceIssued') && names.has('cost_lines')).to.equal(true);
    expect(names.has('EarlyFact') || names.has('InvoiceSent') || names.has('price_lines')).to.equal(false);
  });
});
