import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadConfig } from '../../src/config.ts';
import { definitionsIn, pageOf, root, section } from '../support/docs/pages.ts';

/** Each variable with its default: a value in backticks, or the text that stands for no default. */
const variables = definitionsIn(section(pageOf('docs/configuration.md'), '## Variables')).map(([term]) => {
  const [, name = term, value = ''] = /^`(\w+)` \((.*)\)$/.exec(term) ?? [];
  return { name, value };
});
const documented = variables.map(({ name }) => name);

describe('the variables in docs/configuration.md', () => {
  it('are exactly those that the configuration reads', () => {
    const source = readFileSync(join(root, 'src/config-variables.ts'), 'utf8');
    const read = [...source.matchAll(/^ {2}([A-Z][A-Z0-9_]+): /gm)].map((match) => match[1] ?? '');
    expect(read).to.include.members(['PORT', 'SEED_CATALOG']);
    expect(documented).to.have.members(read).and.have.length(read.length);
  });

  it('have the defaults that are given', () => {
    const secret = 'a-secret-that-is-long-enough-for-any-algorithm';
    const defaults = Object.fromEntries(
      variables.flatMap(({ name, value }) =>
        value.startsWith('`') ? [[name, value.replaceAll('`', '')]] : [],
      ),
    );
    // The one default that is another variable's value.
    expect(defaults['SKYAI_FINANCE_JWT_SECRET']).to.equal('JWT_SECRET');
    const spelledOut = { ...defaults, SKYAI_FINANCE_JWT_SECRET: secret };
    const given = { JWT_SECRET: secret, SKYAI_FINANCE_URL: 'https://finance.example.com' };
    expect(loadConfig({ ...given, ...spelledOut })).to.deep.equal(loadConfig(given));
  });

  it('are unset by default where no default is given', () => {
    const without = variables.filter(({ value }) => value === 'unset').map(({ name }) => name);
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
      'DIGITALOCEAN_WRITE_TOKEN',
      'SPACES_KEY',
      'SPACES_SECRET',
      'SPACES_ENDPOINT',
      'SKYAI_FINANCE_URL',
      'PII_KEY',
      'SMTP_URL',
      'MAIL_FROM',
    ]);
  });
});
