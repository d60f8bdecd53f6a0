import { readFile } from 'node:fs/promises';
import { expect } from 'chai';
import type { Sql } from '../../../src/database/db.ts';
import { Refused, refuse } from '../../../src/ledger/refusal.ts';
import type { Answer } from '../../../src/http/answer.ts';
import { createIdempotency } from '../../../src/http/idempotency.ts';
import type { Idempotency } from '../../../src/http/idempotency.ts';
import { createTestDatabase } from '../../support/database/test-database.ts';
import type { TestDatabase } from '../../support/database/test-database.ts';
import { until } from '../../support/runtime/until.ts';
import { gate } from '../../support/runtime/gate.ts';

const created: Answer = { status: 201, body: '{"data":{"id":"a","text":"\u20ac"}}', position: 'log:4' };

async function refusalOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'answered',
    (error: unknown) => (error instanceof Refused ? error.refusal.refused : String(error)),
  );
}

describe('idempotency', () => {
  let database: TestDatabase;
  let sql: Sql;
  let idempotency: Idempotency;
  let runs: number;
  const request = (scope: string, bodyHash = 'body'): { scope: string; bodyHash: string } => ({
    scope,
    bodyHash,
  });
  const run = async (): Promise<Answer> => {
    runs += 1;
    return created;
  };

  before(async () => {
    database = await createTestDatabase();
    sql = database.connect();
    await sql.unsafe(await readFile('migrations/0002_idempotency.sql', 'utf8'));
  });
  after(() => database.drop());
  beforeEach(async () => {
    await sql`truncate idempotency_keys`;
    runs = 0;
    idempotency = createIdempotency(sql, { poll: 5, wait: 5_000 });
  });

  it('answers a repeated request with the first answer, word for word, without running again', async () => {
    const first = await idempotency.once(request('repeated'), run);
    const second = await idempotency.once(request('repeated'), async () => ({
      ...created,
      body: '"another"',
    }));
    expect(first).to.deep.equal({ answer: created, replayed: false });
    expect(second).to.deep.equal({ answer: created, replayed: true });
    expect(runs).to.equal(1);
  });

  it('keeps no answer above a megabyte: the same request runs again, another body is refused', async () => {
    const huge = { ...created, body: JSON.stringify('\u20ac'.repeat(400_000)) };
    const runHuge = async (): Promise<Answer> => {
      runs += 1;
      return huge;
    };
    for (const expected of [1, 2]) {
      expect(await idempotency.once(request('huge'), runHuge)).to.deep.equal({
        answer: huge,
        replayed: false,
      });
      expect(runs).to.equal(expected);
    }
    expect(await refusalOf(idempotency.once(request('huge', 'another'), runHuge))).to.equal(
      'idempotency-conflict',
    );
    expect(
      (await sql`select coalesce(max(length(body)), 0)::int as longest from idempotency_keys`)[0],
    ).to.deep.equal({ longest: 0 });
  });

  it('refuses the same key with another body, also while the first is under way', async () => {
    const { opened, open } = gate();
    const { opened: claimed, open: claim } = gate();
    const first = idempotency.once(request('bodies'), async () => {
      claim();
      await opened;
      return run();
    });
    await claimed;
    expect(await refusalOf(idempotency.once(request('bodies', 'other body'), run))).to.equal(
      'idempotency-conflict',
    );
    open();
    await first;
    expect(await refusalOf(idempotency.once(request('bodies', 'other body'), run))).to.equal(
      'idempotency-conflict',
    );
  });

  it('frees the key of a run that failed while its claim was being renewed', async () => {
    const { opened: renewing, open: renews } = gate();
    const { opened, open } = gate();
    let renewal: Promise<unknown> | undefined;
    // Delays the renewal until after the run has failed, as a slow connection would.
    const slow = new Proxy(sql, {
      apply(target, self, args: [TemplateStringsArray, ...unknown[]]) {
        if (
          !args[0][0]?.trimStart().startsWith('update idempotency_keys set lease_until = clock_timestamp()')
        )
          return Reflect.apply(target, self, args) as unknown;
        renews();
        renewal = opened.then(() => Reflect.apply(target, self, args) as unknown);
        return renewal;
      },
    });
    const failing = createIdempotency(slow, { lease: 300 }).once(request('renewed'), async () => {
      await renewing;
      setImmediate(open);
      throw new Error('the log is away');
    });
    expect(await refusalOf(failing)).to.equal('Error: the log is away');
    await renewal;
    const [row] =
      await sql`select lease_until = '-infinity' as free from idempotency_keys where scope = 'renewed'`;
    expect(row).to.deep.equal({ free: true });
  });

  it('lets identical concurrent requests wait for the one that runs', async () => {
    const { opened, open } = gate();
    let started = 0;
    const slow = async (): Promise<Answer> => {
      started += 1;
      await opened;
      return run();
    };
    const twins = Array.from({ length: 8 }, () => idempotency.once(request('twins'), slow));
    await idempotency.once(request('a later one'), run);
    open();
    const answers = await Promise.all(twins);
    expect(answers.filter(({ replayed }) => !replayed)).to.have.length(1);
    expect(new Set(answers.map(({ answer }) => answer.body)).size).to.equal(1);
    expect(started).to.equal(1);
  });

  it('refuses an identical request that has waited for the longest time', async () => {
    const { opened, open } = gate();
    const impatient = createIdempotency(sql, { poll: 1, wait: 3 });
    const { opened: claimed, open: claim } = gate();
    const first = idempotency.once(request('long'), async () => {
      claim();
      await opened;
      return run();
    });
    await claimed;
    expect(await refusalOf(impatient.once(request('long'), run))).to.equal('idempotency-conflict');
    open();
    await first;
  });

  it('forgets a refusal: the key is free, also for another body', async () => {
    const refused = idempotency.once(request('refused'), async () => {
      throw new Refused(refuse('plan-retired', 'no'));
    });
    expect(await refusalOf(refused)).to.equal('plan-retired');
    expect((await idempotency.once(request('refused', 'corrected body'), run)).replayed).to.equal(false);
    expect(runs).to.equal(1);
  });

  it('runs again after an unknown outcome, but only for the same body', async () => {
    expect(
      await refusalOf(
        idempotency.once(request('crashed'), async () => {
          throw new Error('connection lost');
        }),
      ),
    ).to.equal('Error: connection lost');
    expect(await refusalOf(idempotency.once(request('crashed', 'other body'), run))).to.equal(
      'idempotency-conflict',
    );
    expect((await idempotency.once(request('crashed'), run)).replayed).to.equal(false);
    expect(runs).to.equal(1);
  });

  it('takes over the claim of an owner that has died', async () => {
    await sql`insert into idempotency_keys (scope, body_hash, owner, lease_until)
      values ('dead', 'body', gen_random_uuid(), now() - interval '1 second')`;
    expect(await idempotency.once(request('dead'), run)).to.deep.equal({ answer: created, replayed: false });
    expect(await idempotency.once(request('dead'), run)).to.deep.equal({ answer: created, replayed: true });
    expect(runs).to.equal(1);
  });

  it('gives the answer of the request that took over from an owner that was only slow', async () => {
    const slow = await idempotency.once(request('slow'), async () => {
      await sql`update idempotency_keys set lease_until = '-infinity' where scope = 'slow'`;
      await idempotency.once(request('slow'), run);
      return { ...created, body: '"of the slow one"' };
    });
    expect(slow.answer).to.deep.equal(created);
  });

  it('renews its claim while it runs', async () => {
    const brief = createIdempotency(sql, { lease: 30, poll: 5, wait: 5_000 });
    const { opened, open } = gate();
    const [row] = await Promise.all([
      (async () => {
        // The claim starts with 30 ms; only a renewal makes it end later than that after its start.
        await until(
          'a renewed claim',
          () => sql`
          select 1 from idempotency_keys where scope = 'renewed'
            and lease_until > created_at + interval '35 milliseconds'`,
          (renewed) => renewed.length > 0,
        );
        open();
        return 'renewed';
      })(),
      brief.once(request('renewed'), () => opened.then(run)),
    ]);
    expect(row).to.equal('renewed');
  });

  it('purges what is older than it must keep, and never anything younger than a day', async () => {
    await idempotency.once(request('old'), run);
    await idempotency.once(request('young'), run);
    await sql`update idempotency_keys
      set created_at = now() - interval '25 hours', completed_at = now() - interval '25 hours'
      where scope = 'old'`;
    expect(await idempotency.purge()).to.equal(0);
    expect(await idempotency.purge(1)).to.equal(1);
    expect(
      await sql`select scope from idempotency_keys`.then((rows) => rows.map((row) => row['scope'] as string)),
    ).to.deep.equal(['young']);
  });

  it("gives the run's answer when it cannot be stored", async () => {
    const own = database.connect({ max: 1 });
    const answer = await createIdempotency(own).once(request('unkept'), async () => {
      await own.end({ timeout: 1 });
      return created;
    });
    expect(answer).to.deep.equal({ answer: created, replayed: false });
  });
});
