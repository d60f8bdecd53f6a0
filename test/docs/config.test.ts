import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadConfig } from '../../src/config.ts';
import { pageOf, root, rowsIn, section } from '../support/docs/pages.ts';

const rows = rowsIn(section(pageOf('README.md'), '## Configuration'));
const nameOf = (cell: string | undefined): string => (cell ?? '').replaceAll('`', '');
const documented = rows.map(([name]) => nameOf(name));

describe('the configuration table of the README', () => {
  it('names exactly the variables that the configuration reads', () => {
    const source = readFileSync(join(root, 'src/config.ts'), 'utf8');
    const read = [...source.matchAll(/^ {2}([A-Z][A-Z0-9_]+): /gm)].map((match) => match[1] ?? '');
    expect(read).to.include.members(['PORT', 'SEED_CATALOG']);
    expect(documented).to.have.members(read).and.have.length(read.length);
  });

  it('gives the defaults that they have', () => {
    const secret = 'a-secret-that-is-long-enough-for-any-algorithm';
    const defaults = Object.fromEntries(
      rows.flatMap(([name, value]) =>
        value?.startsWith('`') === true ? [[nameOf(name), nameOf(value)]] : [],
      ),
    );
    // The one default that is another variable's value.
    expect(defaults['SKYAI_FINANCE_JWT_SECRET']).to.equal('JWT_SECRET');
    const spelledOut = { ...defaults, SKYAI_FINANCE_JWT_SECRET: secret };
    const given = { JWT_SECRET: secret, SKYAI_FINANCE_URL: 'https://finance.example.com' };
    expect(loadConfig({ ...given, ...spelledOut })).to.deep.equal(loadConfig(given));
  });

  it('gives no default where there is none', () => {
    const without = rows.filter(([, value]) => value === '–').map(([name]) => nameOf(name));
    expect(without).to.have.members([
      'DATABASE_URL',
      'EVENTSTORE_URL',
      'REDIS_URL',
      'JWT_SECRET',
      'JWT_ISSUER',
      'JWT_AUDIENCE',
      'JWT_JWKS_URL',
      'CORS_ORIGINS',
      'DIGITALOCEAN_TOKEN',
      'SKYAI_FINANCE_URL',
    ]);
  });
});
