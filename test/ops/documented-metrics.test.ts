import { expect } from 'chai';
import { codeIn, definitionsIn, pageOf, section } from '../support/docs/pages.ts';
import { startTestLedger, type TestLedger } from '../support/ledger/test-ledger.ts';
import { createMetrics } from '../../src/metrics/metrics.ts';
import { measureUpstream } from '../../src/metrics/measure-upstream.ts';
import { silentLogger } from '../../src/runtime/logger.ts';

describe('the metrics in docs/operations.md', () => {
  const watched = section(pageOf('docs/operations.md'), '## What to watch');
  let ledger: TestLedger;
  before(async () => {
    ledger = await startTestLedger();
  });
  after(() => ledger.close());

  it('are all that there are, each once, and no alert names another', async () => {
    const upstream = createMetrics();
    measureUpstream(upstream, silentLogger);
    const text = `${await (await fetch(`${ledger.url}/metrics`)).text()}\n${await upstream.scrape()}`;
    const names = new Set([...text.matchAll(/^# TYPE (arcadia_[a-z_]+) /gm)].map((match) => match[1]));
    const described = definitionsIn(watched).flatMap(([term]) => codeIn(term));
    expect(described)
      .to.have.members([...names])
      .and.have.length(names.size);
    const alerted = [...watched.matchAll(/\b(arcadia_[a-z_]+?)(?:_count|_bucket|_sum)?\b(?=[^a-z_])/g)].map(
      (match) => match[1],
    );
    expect(alerted.filter((name) => !names.has(name))).to.deep.equal([]);
  });
});
