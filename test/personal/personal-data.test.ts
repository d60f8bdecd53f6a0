import { expect } from 'chai';
import type { Sql } from '../../src/database/db.ts';
import { migrate, readMigrations } from '../../src/database/migrate.ts';
import { Refused } from '../../src/ledger/refusal.ts';
import { migrationsFolder } from '../../src/open-ledger.ts';
import { givenMasterKey } from '../../src/personal/master-key.ts';
import { openPersonalData } from '../../src/personal/open-personal-data.ts';
import { ERASED, type PersonalData } from '../../src/personal/personal-data.ts';
import { createTestDatabase, type TestDatabase } from '../support/database/test-database.ts';
import { testMasterKey } from '../support/ledger/test-master-key.ts';

const place = { stream: 'customer-1', type: 'CustomerProfileSet' };
const fields = { legal_name: 'Zoë Größe 株式会社 🏢', contact: null };

describe('personal data', () => {
  let database: TestDatabase;
  let sql: Sql;
  let personal: PersonalData;
  let other: PersonalData;
  const opened = (masterKey = testMasterKey) =>
    openPersonalData({ sql, masterKey, now: () => '2026-05-09T15:05:00.000Z' });

  before(async () => {
    database = await createTestDatabase();
    sql = database.connect();
    await migrate(sql, await readMigrations(migrationsFolder));
    personal = opened();
    other = opened();
  });

  after(() => database.drop());

  const sealedName = async (tenantId: string, text = fields.legal_name) =>
    (await personal.seal(tenantId, place, { legal_name: text })).legal_name;
  const valueOf = (sealed: string) => ({ ...place, field: 'legal_name', sealed });

  it('are sealed and opened, in any script, in the order asked for', async () => {
    const sealed = await personal.seal('acme', place, fields);
    expect(sealed.contact).to.equal(null);
    expect(sealed.legal_name).to.match(/^sealed:1:[0-9a-f-]{36}:[\w-]+$/);
    const second = await sealedName('acme', 'second');
    expect(await personal.open([valueOf(second), valueOf(sealed.legal_name), valueOf(second)])).to.deep.equal(
      ['second', fields.legal_name, 'second'],
    );
    expect(await personal.open([])).to.deep.equal([]);
  });

  it('are the same sealed text for the same text in the same place, and another elsewhere', async () => {
    const sealed = await sealedName('acme');
    expect(await sealedName('acme')).to.equal(sealed);
    expect((await other.seal('acme', place, fields)).legal_name).to.equal(sealed);
    const elsewhere = await personal.seal('acme', { ...place, stream: 'customer-2' }, fields);
    expect(elsewhere.legal_name).to.not.equal(sealed);
    expect(await sealedName('acme', 'other')).to.not.equal(sealed);
  });

  it('open in their own place alone, and only unaltered', async () => {
    const sealed = await sealedName('acme');
    const failure = async (value: ReturnType<typeof valueOf>) =>
      personal.open([value]).then(
        () => 'opened',
        () => 'failed',
      );
    expect(await failure({ ...valueOf(sealed), field: 'contact' })).to.equal('failed');
    expect(await failure({ ...valueOf(sealed), stream: 'customer-2' })).to.equal('failed');
    expect(await failure(valueOf(sealed.replace(/.$/, (last) => (last === 'A' ? 'Q' : 'A'))))).to.equal(
      'failed',
    );
    expect(await failure(valueOf(sealed))).to.equal('opened');
  });

  it('have one key a tenant, also when many ask for it at once', async () => {
    const sealed = await Promise.all(
      Array.from({ length: 20 }, (_, n) => (n % 2 === 0 ? personal : other).seal('many', place, fields)),
    );
    expect(new Set(sealed.map(({ legal_name }) => legal_name)).size).to.equal(1);
    expect(await personal.keysOf('many')).to.have.length(1);
  });

  it('make no key where nothing is to be sealed', async () => {
    expect(await personal.seal('empty', place, { contact: null })).to.deep.equal({ contact: null });
    expect(await personal.keysOf('empty')).to.deep.equal([]);
  });

  it('read erased once the key is destroyed, for every process at once', async () => {
    const sealed = await sealedName('gone');
    const kept = await sealedName('kept');
    expect(await other.open([valueOf(sealed)])).to.deep.equal([fields.legal_name]);
    await personal.destroy(await personal.keysOf('gone'));
    await personal.destroy([]);
    for (const process of [personal, other, opened()]) {
      expect(await process.open([valueOf(sealed), valueOf(kept)])).to.deep.equal([ERASED, fields.legal_name]);
      expect(await process.keysOf('gone')).to.deep.equal([]);
    }
    const again = await sealedName('gone');
    expect(again).to.not.equal(sealed);
    expect(await other.open([valueOf(sealed), valueOf(again)])).to.deep.equal([ERASED, fields.legal_name]);
    const rows = await sql`select wrapped_key, destroyed_at from personal_keys where tenant_id = 'gone'
      and destroyed_at is not null`;
    expect([...rows]).to.deep.equal([{ wrapped_key: null, destroyed_at: '2026-05-09T15:05:00.000Z' }]);
  });

  it('are refused with another master key, which neither opens nor seals', async () => {
    const sealed = await sealedName('acme');
    const wrong = opened(givenMasterKey(Buffer.alloc(32, 'wrong')));
    const refusal = async (work: Promise<unknown>) =>
      work.then(
        () => null,
        (error: unknown) => (error instanceof Refused ? error.refusal.refused : error),
      );
    expect(await refusal(wrong.open([valueOf(sealed)]))).to.equal('not-configured');
    expect(await refusal(wrong.seal('acme', place, fields))).to.equal('not-configured');
    expect(await refusal(wrong.seal('new', place, fields))).to.equal('not-configured');
    expect(await wrong.keysOf('new')).to.deep.equal([]);
  });
});
