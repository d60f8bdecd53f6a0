import { expect } from 'chai';
import { generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createKeySet } from '../../../src/http/key-set.ts';

describe("the issuer's keys", () => {
  const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const keyOf = (kid: string) => ({ ...publicKey.export({ format: 'jwk' }), kid, use: 'sig', alg: 'ES256' });
  let issuer: Server;
  let url: string;
  let published: object[];
  let asked: number;
  let away: boolean;
  before(async () => {
    issuer = createServer((_request, response) => {
      asked += 1;
      if (away) response.writeHead(500).end();
      else response.setHeader('content-type', 'application/json').end(JSON.stringify({ keys: published }));
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => {
      issuer.once('listening', resolve);
    });
    url = `http://127.0.0.1:${(issuer.address() as AddressInfo).port}/jwks.json`;
  });
  after(() => {
    issuer.close();
    issuer.closeAllConnections();
  });
  beforeEach(() => {
    [published, asked, away] = [[keyOf('first')], 0, false];
  });

  it('are fetched once, however many ids are asked for that they do not have', async () => {
    let time = 0;
    const keys = createKeySet(url, () => time);
    const found = await Promise.all([
      keys.find('first'),
      ...Array.from({ length: 500 }, (_, index) => keys.find(`unknown-${index}`)),
    ]);
    expect(found.map((key) => key !== null)).to.deep.equal([
      true,
      ...Array.from({ length: 500 }, () => false),
    ]);
    expect(asked).to.equal(1);
    time = 5_999;
    expect(await keys.find('unknown-again')).to.equal(null);
    expect(await keys.find('first')).to.not.equal(null);
    expect(asked).to.equal(1);
  });

  it('include a new key seconds after its first use, a withdrawn one for ten minutes', async () => {
    let time = 0;
    const keys = createKeySet(url, () => time);
    expect(await keys.find(undefined)).to.not.equal(null);
    published = [keyOf('first'), keyOf('second')];
    time = 6_000;
    expect(await keys.find('second')).to.not.equal(null);
    expect(await keys.find(undefined), 'no id, and two keys').to.equal(null);
    published = [keyOf('second')];
    time = 605_999;
    expect(await keys.find('first')).to.not.equal(null);
    time = 606_000;
    expect(await keys.find('first')).to.equal(null);
  });

  it('that cannot be fetched are requested again for the next token', async () => {
    away = true;
    const keys = createKeySet(url);
    expect(await keys.find('first').catch(() => 'away')).to.equal('away');
    away = false;
    expect(await keys.find('first')).to.not.equal(null);
  });
});
