import { expect } from 'chai';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TEST_SECRET } from '../support/http/tokens.ts';
import { runChild } from '../support/cli/child.ts';

describe('a port that cannot be listened on', () => {
  let taken: Server;
  let port: string;
  let data: string;
  before(async () => {
    taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    port = String((taken.address() as AddressInfo).port);
    data = await mkdtemp(join(tmpdir(), 'arcadia-port-'));
  });
  after(async () => {
    taken.close();
    await rm(data, { recursive: true, force: true });
  });

  for (const [what, file, args, setting] of [
    ['npm start', 'src/main.ts', [], 'PORT'],
    ['arcadia serve', 'src/cli.ts', ['serve'], 'PORT'],
    ['arcadia worker', 'src/cli.ts', ['worker', '--port', 'taken'], '--port'],
    ['the demo', 'demo/demo.ts', [], 'PORT'],
    ['the sandbox', 'demo/sandbox.ts', [], 'PORT'],
  ] as const) {
    it(`keeps ${what} from starting anything, with one message`, async () => {
      const env = { ARCADIA_DATA: data, JWT_SECRET: TEST_SECRET, PORT: port, HOST: '127.0.0.1' };
      const { code, stderr } = await runChild(
        file,
        args.map((arg) => (arg === 'taken' ? port : arg)),
        env,
      );
      const message =
        `Port ${port} is in use by another program: ` + `stop it, or choose another port with ${setting}.`;
      expect([code, stderr.trim().replace(/^The \w+ stopped: /, '')]).to.deep.equal([1, message]);
      expect(await readdir(data)).to.deep.equal([]);
    });
  }

  it('keeps npm start from starting anything for an address of another machine, too', async () => {
    const { code, stderr } = await runChild('src/main.ts', [], {
      ARCADIA_DATA: data,
      JWT_SECRET: TEST_SECRET,
      PORT: '0',
      HOST: '192.0.2.1',
    });
    expect([code, stderr.includes('HOST 192.0.2.1 is no address of this machine')], stderr).to.deep.equal([
      1,
      true,
    ]);
    expect(await readdir(data)).to.deep.equal([]);
  });
});
