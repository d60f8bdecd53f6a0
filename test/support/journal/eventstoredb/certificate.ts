// A certificate for the loopback interface, signed by itself, and a file that makes a client trust it.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generate } from 'selfsigned';

export interface Certificate {
  key: Buffer;
  cert: Buffer;
  /** For `tlsCaFile`. */
  caFile: string;
  remove(): Promise<void>;
}

export async function makeCertificate(): Promise<Certificate> {
  const pem = await generate([{ name: 'commonName', value: 'localhost' }], {
    keySize: 2048,
    algorithm: 'sha256',
    extensions: [
      { name: 'basicConstraints', cA: true },
      {
        name: 'subjectAltName',
        altNames: [
          { type: 7, ip: '127.0.0.1' },
          { type: 2, value: 'localhost' },
        ],
      },
    ],
  });
  const folder = await mkdtemp(join(tmpdir(), 'arcadia-eventstoredb-'));
  const caFile = join(folder, 'ca.pem');
  await writeFile(caFile, pem.cert);
  return {
    key: Buffer.from(pem.private),
    cert: Buffer.from(pem.cert),
    caFile,
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
