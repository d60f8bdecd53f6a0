import { expect } from 'chai';
import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { projections } from '../../../projections/index.ts';
import { advisoryLocks } from '../../../src/database/advisory-locks.ts';
import { connect } from '../../../src/database/connection.ts';
import type { Sql } from '../../../src/database/db.ts';
import { silentLogger } from '../../../src/runtime/logger.ts';
import { readSignedHead, signHead, type SignedHead } from '../../../src/journal/chain/signed-head.ts';
import { completeChain } from '../../../src/journal/chain/journal-chain.ts';
import { verifyChain } from '../../../src/journal/chain/verify-chain.ts';
import { verifyLedger } from '../../../src/processes/verify-ledger.ts';
import { charge, meterMonth, rollup, seededLedger, subscribed } from '../../support/http/invoices-month.ts';
import type { TestLedger } from '../../support/ledger/test-ledger.ts';

/** Changes one character of a text to another of the same length in bytes. */
const oneByte = (column: string, at: number) =>
  `overlay(${column}::text placing
    case when substr(${column}::text, ${at}, 1) = '7' then '8' else '7' end from ${at})`;

describe('tampering with the journal', () => {
  let ledger: TestLedger;
  let sql: Sql;
  let events: number;
  let checkpoint: SignedHead;
  const { privateKey } = generateKeyPairSync('ed25519');
  const openPool = (max: number) => connect(ledger.target, { max, applicationName: 'test-tampering' });
  const chain = () => verifyChain(openPool);

  /** Changes rows without the ledger, checks, and restores the journal. */
  async function tampered<T>(statements: readonly string[], look: () => Promise<T>): Promise<T> {
    for (const statement of statements) await sql.unsafe(statement);
    try {
      return await look();
    } finally {
      await sql.begin(async (tx) => {
        // The ledger's own chainer locks the two tables the other way round: it waits its turn.
        await tx`select pg_advisory_xact_lock(${advisoryLocks.space}, ${advisoryLocks.chain})`;
        await tx`alter table journal disable trigger journal_guard`;
        await tx`truncate journal`;
        await tx`insert into journal select * from journal_kept`;
        await tx`alter table journal enable trigger journal_guard`;
        await tx`truncate journal_hashes`;
        await tx`insert into journal_hashes select * from hashes_kept`;
      });
    }
  }

  before(async () => {
    ledger = await seededLedger();
    const deployment = await subscribed(ledger, 'acme', 'shop');
    await meterMonth(ledger, 'acme', deployment, '2026-04-01', [
      { resource_kind: 'droplet_hours', qty: '24' },
    ]);
    await charge(ledger, 'acme', deployment, 'request-1', '12.5', '2026-04-10T00:00:00.000Z');
    await rollup(ledger);
    sql = openPool(2);
    await ledger.settled();
    const head = await completeChain(sql);
    events = head.position;
    checkpoint = signHead(head, ledger.log.id, '2026-05-09T15:05:00.000Z', privateKey);
    await sql`create table journal_kept as select * from journal`;
    await sql`create table hashes_kept as select * from journal_hashes`;
  });
  after(async () => {
    await sql.end();
    await ledger.close();
  });

  it('is not reported in an untouched journal', async () => {
    const found = await chain();
    expect(found).to.deep.include({ events, position: events, fault: null });
  });

  const columns: Record<string, string> = {
    stream: `stream = ${oneByte('stream', 3)}`,
    revision: 'revision = revision + 7',
    id: `id = (${oneByte('id', 10)})::uuid`,
    type: `type = ${oneByte('type', 2)}`,
    data: `data = (${oneByte('data', 5)})::json`,
    metadata: `metadata = replace(metadata::text, '"schema_version":1', '"schema_version":2')::json`,
    recorded_at: `recorded_at = recorded_at + interval '1 microsecond'`,
  };
  for (const [column, change] of Object.entries(columns)) {
    it(`is found at the event whose ${column} was altered by one byte`, async () => {
      for (const position of [1, 5, events]) {
        const { fault } = await tampered(
          [`update journal set ${change} where position = ${position}`],
          chain,
        );
        expect(fault?.position, String(position)).to.equal(position);
      }
    });
  }

  it('is found where a position was moved', async () => {
    const { fault } = await tampered(
      [`update journal set position = ${events + 1} where position = ${events}`],
      chain,
    );
    expect(fault).to.include({ position: events, problem: 'missing_event' });
  });

  it('is found where two rows have changed places', async () => {
    const { fault } = await tampered(
      [
        'update journal set position = -1 where position = 4',
        'update journal set position = 4 where position = 5',
        'update journal set position = 5 where position = -1',
      ],
      chain,
    );
    expect(fault).to.include({ position: 4, problem: 'altered' });
  });

  it('is found where the last row, or one in the middle, was removed', async () => {
    for (const position of [events, 3]) {
      const { fault } = await tampered([`delete from journal where position = ${position}`], chain);
      expect(fault).to.include({ position, problem: 'missing_event' });
    }
  });

  it('is found where a hash was altered or removed', async () => {
    const altered = await tampered(
      [`update journal_hashes set hash = sha256('x') where position = 6`],
      chain,
    );
    expect(altered.fault).to.include({ position: 6, problem: 'altered' });
    const removed = await tampered(['delete from journal_hashes where position = 6'], chain);
    expect(removed.fault).to.include({ position: 6, problem: 'missing_hash' });
  });

  describe('with the hash chain made anew over it', () => {
    const verify = () =>
      verifyLedger({
        ledger: ledger.ledger,
        projections: projections.filter(({ name }) => name === 'catalog'),
        logger: silentLogger,
        openPool,
        checkpoint,
      });
    const anew = async () => {
      await sql`truncate journal_hashes`;
      await completeChain(sql);
      return verify();
    };

    it('is found by a checkpoint from before', async () => {
      const {
        chain: found,
        checkpoint: signed,
        ok,
      } = await tampered(
        [`update journal set data = (${oneByte('data', 5)})::json where position = 2`],
        anew,
      );
      expect(found.fault).to.equal(null);
      expect(signed?.fault).to.contain('altered');
      expect(ok).to.equal(false);
    });

    it('is found by a checkpoint from before when the end was cut off', async () => {
      const found = await tampered([`delete from journal where position = ${events}`], async () => {
        await sql`truncate journal_hashes`;
        await completeChain(sql);
        return verifyChain(openPool, checkpoint.position);
      });
      expect(found).to.include({ fault: null, at: null, position: events - 1 });
    });

    it('finds nothing at fault with a checkpoint of a journal that only went on', async () => {
      const { checkpoint: signed, ok } = await verify();
      expect(signed).to.deep.equal({ position: events, signed_at: '2026-05-09T15:05:00.000Z', fault: null });
      expect(ok).to.equal(true);
    });
  });

  describe('with the checkpoint itself', () => {
    const trusted = createPublicKey(privateKey);
    it('is found in every member', () => {
      expect(readSignedHead(JSON.stringify(checkpoint), trusted)).to.deep.equal(checkpoint);
      const changed: Partial<SignedHead>[] = [
        { position: 1 },
        { hash: '0'.repeat(64) },
        { log_id: 'other' },
        { signed_at: '2026-05-09T15:05:00.001Z' },
        { signature: Buffer.alloc(64).toString('base64') },
      ];
      for (const change of changed)
        expect(
          () => readSignedHead(JSON.stringify({ ...checkpoint, ...change }), trusted),
          JSON.stringify(change),
        ).to.throw('the signature is not that of the trusted key');
    });

    it('is found when another key has signed it', () => {
      const other = generateKeyPairSync('ed25519').privateKey;
      const forged = signHead(
        { position: 1, hash: 'ab'.repeat(32) },
        'log',
        '2026-05-09T15:05:00.000Z',
        other,
      );
      expect(() => readSignedHead(JSON.stringify(forged), trusted)).to.throw('another key');
      expect(() =>
        readSignedHead(JSON.stringify({ ...forged, public_key: checkpoint.public_key }), trusted),
      ).to.throw('the signature is not that of the trusted key');
    });

    it('is not mistaken for a checkpoint without a signed head', () => {
      expect(() => readSignedHead('{', trusted)).to.throw('not JSON');
      expect(() => readSignedHead('{"position":-1}', trusted)).to.throw('position');
    });
  });
});
