import { expect } from 'chai';
import { setTimeout as delay } from 'node:timers/promises';
import { plans } from '../../projections/catalog/tables.ts';
import type { Sql } from '../../src/database/db.ts';
import { ok } from '../support/http/api.ts';
import {
  createDeployment,
  deploymentsAt,
  expectConsistent,
  holders,
  startMachines,
  takenOver,
  watchCheckpoints,
  type Machines,
  type Node,
} from './machines.ts';
import { until } from '../support/runtime/until.ts';

/**
 * The moments at which a node is frozen while its transaction that feeds the read models is open and holds
 * locks. A lock of the test holds the transaction there until the process is stopped.
 */
const moments = {
  /**
   * The checkpoint is moved and the server waits for the next statement; it ends such a transaction after a
   * while.
   */
  'between two statements': async (sql: Sql, _other: Node, stop: () => void) => {
    await sql.begin(async (tx) => {
      await tx`select from projection_checkpoints for update`;
      await until(
        'a batch that waits for its checkpoint',
        () => batches(sql, "wait_event in ('transactionid', 'tuple')"),
        (found) => found.length > 0,
      );
      stop();
    });
    await until(
      'a batch that stands still',
      () => batches(sql, "state = 'idle in transaction'"),
      (found) => found.length > 0,
    );
  },
  /**
   * A session sends the first use of a statement, here of one for plans, in two parts; between them the
   * server counts it as active.
   */
  'between two parts of a statement': async (sql: Sql, other: Node, stop: () => void) => {
    await sql.begin(async (tx) => {
      await tx`lock table ${tx(plans.ref)} in exclusive mode`;
      await ok(other.api.post('catalog/plans', { code: 'first', name: 'First' }), 201);
      await until(
        'a batch that waits for the table',
        () => batches(sql, "wait_event = 'relation'"),
        (found) => found.length > 0,
      );
      stop();
    });
    await until(
      'a batch that stands still',
      () => batches(sql, "state = 'active' and wait_event = 'ClientRead'"),
      (found) => found.length > 0,
    );
  },
};

const batches = (sql: Sql, condition: string) =>
  sql.unsafe<{ pid: number }[]>(`
  select pid from pg_stat_activity where datname = current_database()
    and application_name = 'arcadia-projections' and xact_start is not null and ${condition}`);

for (const log of ['PostgreSQL', 'EventStoreDB'] as const) {
  describe(`several machines on one ledger, its log in ${log}`, () => {
    let machines: Machines;
    let first: Node;
    let second: Node;
    let checkpoints: Awaited<ReturnType<typeof watchCheckpoints>>;
    const created: string[] = [];

    before(async () => {
      machines = await startMachines(log);
      // The first one feeds the journal and the read models; the second stands by.
      first = await machines.start();
      checkpoints = await watchCheckpoints(machines.sql);
      second = await machines.start();
    });
    after(() => machines.close());

    const create = async (slug: string, nodes: () => readonly Node[]) => {
      const made = await createDeployment(nodes, slug);
      created.push(made.id);
      return made;
    };

    it('shows on one node what was written on another, given its Ledger-Position', async () => {
      for (let n = 0; n < 6; n++) {
        const [writer, reader] = n % 2 === 0 ? [first, second] : [second, first];
        const { id, position } = await create(`own-${n}`, () => [writer]);
        expect(
          await ok(
            reader.api.get(`deployments/${id}`, { headers: { 'ledger-position': position as string } }),
          ),
        ).to.have.nested.property('data.id', id);
      }
    });

    it('loses and doubles nothing when the feeding node is killed; another takes over', async () => {
      const before = await holders(machines.sql);
      let nodes: readonly Node[] = [first, second];
      let done = 0;
      await Promise.all(
        Array.from({ length: 8 }, async (_, lane) => {
          for (let n = 0; n < 15; n++) {
            await create(`kill-${lane}-${n}`, () => (lane % 2 === 0 ? nodes : [...nodes].reverse()));
            if (++done === 40) {
              first.child.kill('SIGKILL');
              nodes = [second];
            }
          }
        }),
      );
      await takenOver(machines.sql, before);
      const { position } = await create('after-kill', () => nodes);
      expect(await deploymentsAt(second, position)).to.deep.equal([...created].sort());
      expect(await checkpoints.doubled()).to.deep.equal([]);
      await expectConsistent(machines);
    });

    for (const [moment, freezeInBatch] of Object.entries(moments))
      it(`takes over from a node frozen in a batch, ${moment}, and lets it write nothing later`, async () => {
        // The second node has every duty when this node starts, so it has none until it takes over.
        const other = await machines.start();
        const before = await holders(machines.sql);
        // Events keep arriving through this node while the second, which feeds all, is stopped in the middle
        // of its work.
        let pouring = true;
        const pour = (async () => {
          for (let n = 0; pouring; n++) await create(`freeze-${moment.length}-${n}`, () => [other]);
        })();
        await freezeInBatch(machines.sql, other, () => second.child.kill('SIGSTOP'));
        // As if the server had found its connections dead.
        await machines.sql`select pg_terminate_backend(pid)
          from unnest(${[...before.values()]}::int[]) as pid`;
        await takenOver(machines.sql, before);
        const meanwhile = await create(`while-frozen-${moment.length}`, () => [other]);
        await until(
          'what was created meanwhile is shown',
          () => other.api.get(`deployments/${meanwhile.id}`),
          ({ status }) => status === 200,
        );
        second.child.kill('SIGCONT');
        await delay(300);
        pouring = false;
        await pour;
        const { position } = await create(`after-freeze-${moment.length}`, () => [second]);
        for (const node of [second, other])
          expect(await deploymentsAt(node, position)).to.deep.equal([...created].sort());
        expect(await checkpoints.doubled()).to.deep.equal([]);
        await expectConsistent(machines);
        second = other;
      });
  });
}
