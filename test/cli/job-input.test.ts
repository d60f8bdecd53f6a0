import { expect } from 'chai';
import { z } from 'zod';
import { parseJobInput } from '../../src/cli/job-input.ts';
import { UsageError } from '../../src/cli/usage-error.ts';

const rollup = z.strictObject({
  period: z.string().regex(/^\d{4}-\d{2}$/),
  tenant_id: z.string().optional(),
  force: z.boolean().optional(),
  attempts: z.int().optional(),
});

describe('input of a job', () => {
  it('is text, unless the schema has another type', () => {
    expect(parseJobInput(rollup, ['period=2026-04', 'force=true', 'attempts=3'])).to.deep.equal({
      period: '2026-04',
      force: true,
      attempts: 3,
    });
    expect(parseJobInput(rollup, ['period=2026-04', 'tenant_id=true'])).to.deep.equal({
      period: '2026-04',
      tenant_id: 'true',
    });
    expect(parseJobInput(rollup, ['period=2026-04', 'tenant_id=0042', 'force=false'])).to.deep.equal({
      period: '2026-04',
      tenant_id: '0042',
      force: false,
    });
    expect(parseJobInput(z.strictObject({ a: z.string() }), ['a=b=c'])).to.deep.equal({ a: 'b=c' });
    expect(parseJobInput(z.strictObject({}), [])).to.deep.equal({});
  });

  it('is taken as options and as JSON, too', () => {
    for (const args of [
      ['--period', '2026-04', '--force'],
      ['--period=2026-04', '--force=true'],
      ['--force', '--period', '2026-04'],
      ['--force', 'true', 'period=2026-04'],
      ['{"period":"2026-04","force":true}'],
    ]) {
      expect(parseJobInput(rollup, args), args.join(' ')).to.deep.equal({ period: '2026-04', force: true });
    }
    expect(parseJobInput(z.strictObject({}), ['{}'])).to.deep.equal({});
  });

  it('is refused with the key and the reason', () => {
    const cases: [string[], RegExp][] = [
      [[], /^period: /],
      [['period=2026-04', 'force=perhaps'], /^force: /],
      [['period=2026-04', 'day=2026-04-01', 'x=1'], /^day: the job takes no such input\nx: /],
      [['period'], /^"period": expected key=value/],
      [['=2026-04'], /expected key=value/],
      [['--period', '2026-04', 'x'], /^"x": expected key=value/],
      [['---period', '2026-04'], /expected key=value/],
      [['{"period":'], /not a JSON object/],
      [['{"day":"2026-04-01"}'], /^period: .*\nday: the job takes no such input/],
      [['period=2026-04', 'period=2026-05'], /^period: given more than once/],
    ];
    for (const [args, reason] of cases)
      expect(() => parseJobInput(rollup, args), args.join(' ')).to.throw(UsageError, reason);
  });
});
