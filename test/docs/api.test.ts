import { expect } from 'chai';
import { refusalStatus } from '../../src/http/problem.ts';
import { routes } from '../../src/http/routes.ts';
import { allPages, codeIn, definitionsIn, pageOf, section } from '../support/docs/pages.ts';

const table = routes.map(({ method, path }) => `${method} ${path}`);
const isRoute = (code: string): boolean => /^(GET|POST|PUT|PATCH|DELETE) \/api\//.test(code);
/** A path without what may follow it in an example. */
const plain = (code: string): string => code.replace(/\?.*$/, '');

describe('the routes in docs/api.md', () => {
  const entries = definitionsIn(section(pageOf('docs/api.md'), '## Routes'));

  it('are all routes, each once, and no other', () => {
    const named = entries.flatMap(([, paths]) => codeIn(paths));
    expect(named).to.have.members(table).and.have.length(table.length);
  });

  it('say who may call each', () => {
    const words = {
      public: /^public$/,
      tenant: /^tenant( \(own\))?, admin$/,
      admin: /^admin$/,
      integration: /^service, admin$/,
    };
    for (const [who, paths] of entries) {
      for (const code of codeIn(paths)) {
        const route = routes.find(({ method, path }) => `${method} ${path}` === code);
        expect(who, code).to.match(words[route?.access ?? 'public']);
      }
    }
  });
});

describe('routes in the documentation', () => {
  for (const { path, text } of allPages()) {
    it(`${path} names routes that exist`, () => {
      expect(
        codeIn(text)
          .filter(isRoute)
          .map(plain)
          .filter((code) => !table.includes(code)),
      ).to.deep.equal([]);
    });
  }
});

describe('the problems in docs/api.md', () => {
  it('are all codes that a refusal may have, under their status', () => {
    const [refusals = ''] = section(pageOf('docs/api.md'), '## Problems').split(
      '### Problems of HTTP itself',
    );
    const named = definitionsIn(refusals).flatMap(([status, codes]) =>
      codeIn(codes).map((code) => [code, Number(status)]),
    );
    expect(Object.fromEntries(named)).to.deep.equal(
      Object.fromEntries(Object.entries(refusalStatus).map(([code, { status }]) => [code, status])),
    );
  });
});
