import { expect } from 'chai';
import { actions } from '../../src/console/actions.ts';
import { downloads } from '../../src/console/downloads.ts';
import { findPage } from '../../src/console/open-page.ts';
import { colourPairs, contrast, contrastOf } from '../../src/console/pages/design-tokens.tsx';
import { pages } from '../../src/console/pages.ts';
import { pathWithin } from '../../src/console/session/same-site.ts';
import { pathNames } from '../../src/http/route.ts';
import { routes } from '../../src/http/routes.ts';

describe('the tables of the console', () => {
  it('have each path and each name once', () => {
    const paths = [...pages, ...downloads].map(({ path }) => path);
    expect(new Set(paths).size).to.equal(paths.length);
    const names = actions.map(({ name }) => name);
    expect(new Set(names).size).to.equal(names.length);
  });

  it('ask routes of the API alone', () => {
    for (const { name, route } of actions) {
      expect(routes.includes(route), name).to.equal(true);
      expect(route.method, name).not.to.equal('GET');
    }
    for (const { path, route } of downloads) {
      expect(routes.includes(route), path).to.equal(true);
      expect(pathNames(path), path).to.have.members(pathNames(route.path));
    }
  });

  it('lead a tenant to no page of the operator, and the other way round', () => {
    for (const { path, access } of [...pages, ...downloads]) {
      if (access !== 'signed-in')
        expect(/^\/console\/account(\/|$)/.test(path), path).to.equal(access === 'account');
    }
  });

  it('find the page of an address, the one with fewer names first', () => {
    const found = findPage(pages, '/console/design');
    expect(found?.page.path).to.equal('/console/design');
    expect(findPage(pages, '/console/design/')).to.equal(null);
    expect(findPage(pages, '/console/%E0%A4%A')).to.equal(null);
  });
});

describe('the colours of the console', () => {
  it('stand out from what they stand on, light and dark', () => {
    expect(contrast('#000000', '#ffffff')).to.equal(21);
    for (const pair of colourPairs)
      expect(Math.min(...contrastOf(pair)), `${pair.ink} on ${pair.on}`).to.be.at.least(pair.least);
  });
});

describe('where a form leads', () => {
  it('is within the console', () => {
    for (const path of ['/console', '/console/invoices?status=paid&q=a//b', '/console/customers/a%2Fb'])
      expect(pathWithin(path)).to.equal(path);
    for (const path of [
      undefined,
      '',
      '//x',
      'https://x/console',
      '/consolex',
      '/console\\x',
      '/console//x',
      '/api',
      '/console/../api/docs',
      '/console/%2e%2e/api',
      '/console/\t/x',
      '/console/\n/x',
      '/console/..\\x',
      '\\/x',
      'javascript:alert(1)',
    ])
      expect(pathWithin(path), path).to.equal('/console');
  });
});
