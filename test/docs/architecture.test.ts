import { expect } from 'chai';
import { projections } from '../../projections/index.ts';
import { eventSchemas } from '../../src/events/index.ts';
import { allPages, codeIn, pageOf, rowsIn, section } from '../support/docs/pages.ts';

const architecture = pageOf('docs/architecture.md');

describe('docs/architecture.md', () => {
  it('has every event once', () => {
    const named = rowsIn(section(architecture, '### Events by context')).flatMap(([, events]) =>
      codeIn(events ?? ''),
    );
    expect(named)
      .to.have.members(Object.keys(eventSchemas))
      .and.have.length(Object.keys(eventSchemas).length);
  });

  it('has every projection with its tables', () => {
    const named = rowsIn(section(architecture, '## Read models')).map(([name, tables]) => [
      codeIn(name ?? '')[0],
      codeIn(tables ?? ''),
    ]);
    expect(named).to.deep.equal(
      [...projections]
        .sort((a, b) => order(named, a.name) - order(named, b.name))
        .map(({ name, tables }) => [name, tables.map((table) => table.name)]),
    );
  });
});

const order = (named: readonly (readonly unknown[])[], name: string): number =>
  named.findIndex(([known]) => known === name);

describe('the documentation', () => {
  it("speaks of this project alone: no absolute path of anybody's machine", () => {
    for (const { path, text } of allPages())
      expect(text, path).to.not.match(/(^|[\s`"'(])\/(root|home|Users|work)\//m);
  });

  it('keeps its lines short enough to read, tables and examples aside', () => {
    for (const { path, text } of allPages()) {
      const long = text
        .split('\n')
        .filter((line) => line.length > 180 && !/^[|{]|^\s*-d|^curl|^\{|^ "|^\s*```/.test(line));
      expect(long, path).to.deep.equal([]);
    }
  });
});
