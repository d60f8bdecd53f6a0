import { expect } from 'chai';
import { slugForm } from '../../commands/deployments/new-deployment.ts';
import { identifies } from '../../src/digitalocean/provider-ids.ts';
import { createLogger } from '../../src/cli/create-logger.ts';
import { visibleLine } from '../../src/cli/visible.ts';
import { classifyLine, withoutLastGroup } from '../../commands/costs/line-kind.ts';
import { parseInvoiceCsv } from '../support/digitalocean/parse-invoice-csv.ts';
import { parseStorableJson } from '../../src/digitalocean/storable-json.ts';
import { retryAfterMs } from '../../src/digitalocean/retry-after.ts';
import { parseUrn } from '../../src/digitalocean/urn.ts';
import { usdToCents } from '../../src/digitalocean/usd.ts';
import { hideAndShorten, hideSecrets } from '../../src/runtime/hide-secrets.ts';
import { parseQuery } from '../../src/http/query-string.ts';
import * as schemas from '../../src/http/schemas.ts';
import { brokenText, repairedText } from '../../src/http/text.ts';
import { canonicalDecimal, isPlainDecimal } from '../../src/pricing/decimals.ts';

/** Texts of any length that make a pattern look at a place again and again, where it can be made to. */
const hostile: Record<string, (length: number) => string> = {
  'a URL without a user': (length) => `x://${'a'.repeat(length)}`,
  'schemes without an end': (length) => `${'a+'.repeat(length / 2)} x://`,
  'URLs in a row': (length) => 'x://'.repeat(length / 4),
  'users without a host': (length) => `x://${'a:@'.repeat(length / 3)}`,
  'headers of JWTs': (length) => 'eyJ-'.repeat(length / 4),
  'JWTs without an end': (length) => `eyJ${'aaaa.'.repeat(length / 5)}`,
  'parts of JWTs': (length) => 'eyJabcd.'.repeat(length / 8),
  bearers: (length) => 'Bearer '.repeat(length / 7),
  'a bearer of blanks': (length) => `Bearer${' '.repeat(length)}\u0001`,
  digits: (length) => '1'.repeat(length),
  zeros: (length) => `0.${'0'.repeat(length)}1`,
  'dotted digits': (length) => '1.'.repeat(length / 2),
  'hexadecimal words': (length) => 'a:'.repeat(length / 2),
  'one hexadecimal word': (length) => `:${'a'.repeat(length)}`,
  thousands: (length) => `$${'123,'.repeat(length / 4)}x`,
  blanks: (length) => `a${' '.repeat(length)}a`,
  openings: (length) => `a ${'('.repeat(length)} 1GB`,
  closings: (length) => `a ${')'.repeat(length)}`,
  groups: (length) => `${'a ( '.repeat(length / 4)}1 GB`,
  hyphens: (length) => `a${'-a'.repeat(length / 2)}-`,
  surrogates: (length) => '\ud800'.repeat(length),
  ampersands: (length) => `?${'&='.repeat(length / 2)}`,
  colons: (length) => `do:${':'.repeat(length)}`,
  escapes: (length) => '\\u0000'.repeat(length / 6),
  nests: (length) => '"token":'.repeat(length / 8),
  quotes: (length) => '"a","'.repeat(length / 5),
  days: (length) => `Mon, ${'1'.repeat(length)} GMT`,
};

const quiet = createLogger('info', { write: () => undefined }, [
  'a-secret-of-ours',
  'aaaaaaaaaaaaaaaa-other',
]);
const reading =
  (read: (text: string) => unknown) =>
  (text: string): void => {
    // Refusals are the subject of other tests.
    try {
      read(text);
    } catch {
      return;
    }
  };

/** Everything that matches text from outside, by name. */
const matchers: Record<string, (text: string) => void> = {
  hideSecrets: reading((text) => hideSecrets(text, ['aaaaaaaaaaaaaaab'])),
  hideAndShorten: reading((text) => hideAndShorten(text, 2_000)),
  'a line of the log': reading((text) => {
    quiet.info({ path: text, err: new Error(text) }, text);
  }),
  visibleLine: reading(visibleLine),
  brokenText: reading(brokenText),
  repairedText: reading(repairedText),
  parseQuery: reading(parseQuery),
  'classifyLine, as a droplet': reading((description) =>
    classifyLine({ product: 'Droplets', description, group_description: null }),
  ),
  'classifyLine, as an address': reading((description) =>
    classifyLine({ product: 'Floating IPs', description, group_description: null }),
  ),
  'classifyLine, as a volume': reading((description) =>
    classifyLine({ product: 'Volumes', description, group_description: null }),
  ),
  'classifyLine, by product': reading((product) =>
    classifyLine({ product, description: 'x', group_description: product }),
  ),
  withoutLastGroup: reading(withoutLastGroup),
  parseInvoiceCsv: reading((text) =>
    parseInvoiceCsv(`product,description,USD\nDroplets,"${text.replaceAll('"', '')}",$1.00\n`),
  ),
  'a CSV of nothing else': reading(parseInvoiceCsv),
  parseStorableJson: reading((text) => parseStorableJson(`"${text}"`)),
  parseUrn: reading(parseUrn),
  usdToCents: reading(usdToCents),
  retryAfterMs: reading((text) => retryAfterMs(text, 0)),
  isPlainDecimal: reading(isPlainDecimal),
  'canonicalDecimal, as its callers bound it': reading((text) => canonicalDecimal(text.slice(0, 1_000))),
  slugForm: reading((text) => slugForm.test(text)),
  identifies: reading((text) => identifies('snapshot', text)),
  ...Object.fromEntries(
    (
      [
        'idSchema',
        'nameSchema',
        'textSchema',
        'decimalSchema',
        'signedDecimalSchema',
        'quantitySchema',
        'daySchema',
        'periodSchema',
        'instantSchema',
        'momentSchema',
        'queryBoolean',
      ] as const
    ).map((name) => [`schema ${name}`, reading((text) => schemas[name].safeParse(text))]),
  ),
  'schema queryInteger': reading((text) => schemas.queryInteger(1, 500).safeParse(text)),
};

const short = 10_000;
const factor = 8;

/**
 * Processor time of this process in milliseconds, the least of three runs: another process on the machine
 * takes no part in it.
 */
function costOf(matcher: (text: string) => void, text: string): number {
  const runs = [1, 2, 3].map(() => {
    const start = process.cpuUsage();
    matcher(text);
    const { user, system } = process.cpuUsage(start);
    return (user + system) / 1_000;
  });
  return Math.min(...runs);
}

describe('matching of foreign text', () => {
  for (const [name, matcher] of Object.entries(matchers)) {
    it(`takes time in proportion to its length: ${name}`, () => {
      for (const [what, textOf] of Object.entries(hostile)) {
        matcher(textOf(400));
        const [once, longer] = [costOf(matcher, textOf(short)), costOf(matcher, textOf(short * factor))];
        // Eight times the text takes eight times as long, or, by a pattern that looks again from each place,
        // 64 times.
        expect(longer, `${what}: ${once} ms, and of ${factor} times the length ${longer} ms`).to.be.below(
          once * factor * 3 + 30,
        );
      }
    });
  }

  it('hides secrets, whatever surrounds them', () => {
    const jwt = 'eyJhbGciOiJIUzUxMiJ9.eyJzdWIiOiJ4In0.c2lnbmF0dXJl';
    for (const text of [jwt, `x.${jwt}`, `cookie=${jwt};`, `a-${jwt}.`, `s_${jwt}`, `(${jwt})`])
      expect(hideSecrets(text), text).to.not.contain('eyJ').and.to.not.contain('c2ln');
    expect(hideSecrets('eyJ.a.b, eyJabcdef.short, see eyJ')).to.equal('eyJ.a.b, eyJabcdef.short, see eyJ');
    expect(hideSecrets('https://me:pass@example.com/a?b=c')).to.equal('https://[redacted]@example.com/a?b=c');
  });

  it('hides before it shortens, so that no half of a secret is shown', () => {
    const secret = 'a-secret-that-must-be-hidden-0123456789';
    for (let at = 0; at < 80; at += 1) {
      const shown = hideAndShorten(`${'x'.repeat(at)} ${secret} and more text behind it`, 60, [secret]);
      expect(shown.length).to.be.at.most(60);
      expect(shown).to.not.contain('a-sec');
    }
  });
});
