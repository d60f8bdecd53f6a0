import { createSecretKey, generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';
import type { Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import jwt from 'jsonwebtoken';
import type { AuthOptions } from '../../../src/http/auth.ts';
import { TEST_SECRET, mintToken } from '../../support/http/tokens.ts';
import { fakeDeps } from '../../support/http/fake-deps.ts';
import { expectProblem, send } from '../../support/http/request.ts';
import type { Received } from '../../support/http/request.ts';
import { serve, testApp } from '../../support/http/serve.ts';
import type { Served } from '../../support/http/serve.ts';
import { sampleRoutes } from '../../support/http/sample-routes.ts';

const acme = { sub: 'u-1', tenant_id: 'acme' };
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const stranger = generateKeyPairSync('rsa', { modulusLength: 2048 });

/** Runs one request against a service that verifies tokens in this way. */
async function withAuth(
  auth: AuthOptions,
  work: (ask: (token: string) => Promise<Received>) => Promise<void>,
): Promise<void> {
  const served: Served = await serve(testApp(fakeDeps(), { routes: sampleRoutes, auth }));
  try {
    await work((token) => send(`${served.url}/api/v1/things`, { token }));
  } finally {
    await served.close();
  }
}

describe('authentication', () => {
  it('accepts the configured HS algorithms and no other', async () => {
    await withAuth({ secret: TEST_SECRET, algorithms: ['HS256', 'HS512'] }, async (ask) => {
      const statusOf = async (algorithm: 'HS256' | 'HS384' | 'HS512'): Promise<number> =>
        (await ask(mintToken({ ...acme, secret: TEST_SECRET, algorithm }))).status;
      expect([await statusOf('HS256'), await statusOf('HS384'), await statusOf('HS512')]).to.deep.equal([
        200, 401, 200,
      ]);
    });
  });

  it('enforces issuer and audience when they are set', async () => {
    const tokens = [
      {},
      { issuer: 'https://id.example' },
      { audience: 'arcadia' },
      { issuer: 'https://other.example', audience: 'arcadia' },
      { issuer: 'https://id.example', audience: 'arcadia' },
    ].map((claims) => mintToken({ ...acme, secret: TEST_SECRET, ...claims }));
    await withAuth(
      { secret: TEST_SECRET, algorithms: ['HS512'], issuer: 'https://id.example', audience: 'arcadia' },
      async (ask) => {
        const statuses = [];
        for (const token of tokens) statuses.push((await ask(token)).status);
        expect(statuses).to.deep.equal([401, 401, 401, 401, 200]);
      },
    );
  });

  it('treats a null tenant as no tenant: 403 without a role', async () => {
    await withAuth({ secret: TEST_SECRET, algorithms: ['HS512'] }, async (ask) => {
      const sign = (claims: object): string =>
        jwt.sign(claims, TEST_SECRET, { algorithm: 'HS512', expiresIn: 60 });
      expectProblem(await ask(sign({ sub: 'a', tenant_id: null })), 403, 'forbidden');
      expect((await ask(sign({ sub: 'a', tenant_id: null, roles: ['platform_admin'] }))).status).to.equal(
        200,
      );
    });
  });

  it('says that a token has expired, and challenges with invalid_token', async () => {
    await withAuth({ secret: TEST_SECRET, algorithms: ['HS512'] }, async (ask) => {
      const received = await ask(mintToken({ ...acme, secret: TEST_SECRET, expiresIn: -10 }));
      expect(received.json).to.have.property('detail', 'the token has expired');
      expect(received.headers.get('www-authenticate')).to.equal(
        'Bearer realm="arcadia-cloud", error="invalid_token"',
      );
    });
  });

  describe('with a key set', () => {
    let issuer: Server;
    let jwksUrl: string;
    before(async () => {
      const keys = [
        { ...rsa.publicKey.export({ format: 'jwk' }), kid: 'rsa-1', use: 'sig', alg: 'RS256' },
        { ...ec.publicKey.export({ format: 'jwk' }), kid: 'ec-1', use: 'sig', alg: 'ES256' },
      ];
      issuer = createServer((_request, response) => {
        response.setHeader('content-type', 'application/json').end(JSON.stringify({ keys }));
      });
      await new Promise<void>((resolve) => {
        issuer.listen(0, '127.0.0.1', resolve);
      });
      jwksUrl = `http://127.0.0.1:${(issuer.address() as AddressInfo).port}/jwks.json`;
    });
    after(() => {
      issuer.close();
      issuer.closeAllConnections();
    });

    const signed = (key: jwt.Secret, algorithm: jwt.Algorithm, keyid: string): string =>
      jwt.sign(acme, key, { algorithm, keyid, expiresIn: 60 });

    it('accepts RS256 and ES256 by its keys, beside HS* by the secret', async () => {
      await withAuth({ secret: TEST_SECRET, algorithms: ['HS512'], jwksUrl }, async (ask) => {
        expect((await ask(signed(rsa.privateKey, 'RS256', 'rsa-1'))).status).to.equal(200);
        expect((await ask(signed(ec.privateKey, 'ES256', 'ec-1'))).status).to.equal(200);
        expect((await ask(mintToken({ ...acme, secret: TEST_SECRET }))).status).to.equal(200);
      });
    });

    it('refuses every mix of algorithm and key', async () => {
      const publicPem = rsa.publicKey.export({ format: 'pem', type: 'spki' }).toString();
      const bad = {
        'HS512 with the public key as secret': signed(
          createSecretKey(Buffer.from(publicPem)),
          'HS512',
          'rsa-1',
        ),
        "a stranger's key under a known id": signed(stranger.privateKey, 'RS256', 'rsa-1'),
        'an unknown key id': signed(rsa.privateKey, 'RS256', 'rsa-2'),
        'RS256 by the id of an EC key': signed(rsa.privateKey, 'RS256', 'ec-1'),
        'an algorithm beside the two': signed(rsa.privateKey, 'RS512', 'rsa-1'),
      };
      await withAuth({ secret: TEST_SECRET, algorithms: ['HS512'], jwksUrl }, async (ask) => {
        for (const [what, token] of Object.entries(bad))
          expect((await ask(token)).status, what).to.equal(401);
      });
      await withAuth({ algorithms: ['HS512'], jwksUrl }, async (ask) => {
        expect(
          (await ask(mintToken({ ...acme, secret: TEST_SECRET }))).status,
          'HS512 without a secret',
        ).to.equal(401);
        expect((await ask(bad['HS512 with the public key as secret'])).status).to.equal(401);
      });
    });

    it('reads no more of a key set than one has, and follows no redirect to another', async () => {
      const keys = [{ ...rsa.publicKey.export({ format: 'jwk' }), kid: 'rsa-1', use: 'sig', alg: 'RS256' }];
      const answers: Record<string, (response: ServerResponse) => void> = {
        'more than a key set': (response) =>
          response.end(JSON.stringify({ keys, padding: ' '.repeat(300 * 1024) })),
        'more once it is inflated': (response) =>
          response
            .setHeader('content-encoding', 'gzip')
            .end(gzipSync(JSON.stringify({ keys, padding: ' '.repeat(4 * 1024 * 1024) }))),
        'more keys than an issuer has': (response) =>
          response.end(JSON.stringify({ keys: Array.from({ length: 101 }, () => keys[0]) })),
        'a redirect': (response) => response.writeHead(302, { location: jwksUrl }).end(),
        'no key set': (response) => response.end('[]'),
        'no JSON': (response) => response.end('<html>'),
      };
      for (const [what, answer] of Object.entries(answers)) {
        const other = createServer((_request, response) => {
          answer(response);
        });
        await new Promise<void>((resolve) => {
          other.listen(0, '127.0.0.1', resolve);
        });
        try {
          await withAuth(
            {
              algorithms: [],
              jwksUrl: `http://127.0.0.1:${(other.address() as AddressInfo).port}/jwks.json`,
            },
            async (ask) => {
              expect((await ask(signed(rsa.privateKey, 'RS256', 'rsa-1'))).status, what).to.equal(503);
            },
          );
        } finally {
          other.close();
          other.closeAllConnections();
        }
      }
    });

    it('answers 503 while the issuer cannot be reached', async () => {
      await withAuth({ algorithms: [], jwksUrl: 'http://127.0.0.1:9/jwks.json' }, async (ask) => {
        const received = await ask(signed(rsa.privateKey, 'RS256', 'rsa-1'));
        expectProblem(received, 503, 'unavailable');
        expect(received.headers.get('retry-after')).to.equal('2');
      });
    });
  });
});
