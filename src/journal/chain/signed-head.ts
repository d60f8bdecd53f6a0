import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  sign,
  verify as isSignedBy,
  type KeyObject,
} from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import type { ChainHead } from './journal-chain.ts';

/** The signed head of the chain: the file of `arcadia checkpoint`, to be kept apart from the database. */
const signedHead = z.strictObject({
  format: z.literal('arcadia-checkpoint-1'),
  log_id: z.string().min(1),
  position: z.int().min(0),
  /** SHA-256 of the chain at that position, hex. */
  hash: z.string().regex(/^[0-9a-f]{64}$/),
  signed_at: z.iso.datetime(),
  /** Ed25519 public key, SPKI in base64. It proves nothing: the verifier brings the key that it trusts. */
  public_key: z.string(),
  /** Over the other members, in this order, as JSON without spaces; base64. */
  signature: z.string(),
});
export type SignedHead = z.output<typeof signedHead>;

/** No signed head, an unusable key, or another key's signature. */
export class SignedHeadError extends Error {
  override readonly name = 'SignedHeadError';
}

type Signed = Omit<SignedHead, 'signature'>;

const signedBytes = ({ format, log_id, position, hash, signed_at, public_key }: Signed): Buffer =>
  Buffer.from(JSON.stringify({ format, log_id, position, hash, signed_at, public_key }));

const spki = (key: KeyObject): string => key.export({ type: 'spki', format: 'der' }).toString('base64');

/** Signs the chain's head with an Ed25519 key. */
export function signHead(
  head: ChainHead,
  logId: string,
  signedAt: string,
  privateKey: KeyObject,
): SignedHead {
  const signed: Signed = {
    format: 'arcadia-checkpoint-1',
    log_id: logId,
    position: head.position,
    hash: head.hash,
    signed_at: signedAt,
    public_key: spki(createPublicKey(privateKey)),
  };
  return { ...signed, signature: sign(null, signedBytes(signed), privateKey).toString('base64') };
}

/**
 * Reads a signed head and checks its signature with a trusted key.
 * @throws {SignedHeadError} with the reason
 */
export function readSignedHead(text: string, trusted: KeyObject): SignedHead {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    throw new SignedHeadError('the checkpoint is not JSON');
  }
  const parsed = signedHead.safeParse(content);
  if (!parsed.success) {
    const issues = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
    throw new SignedHeadError(`the file is no checkpoint: ${issues.join('; ')}`);
  }
  const head = parsed.data;
  if (head.public_key !== spki(trusted))
    throw new SignedHeadError('the checkpoint was signed with another key than the trusted one');
  if (!isSignedBy(null, signedBytes(head), trusted, Buffer.from(head.signature, 'base64')))
    throw new SignedHeadError('the signature is not that of the trusted key: the checkpoint was altered');
  return head;
}

/**
 * The signing key in a file (PKCS #8 PEM). The first use makes it, readable for its owner alone, with its
 * public half in `<path>.pub`.
 */
export async function signingKey(path: string): Promise<KeyObject> {
  const known = await readKey(path);
  if (known !== null) return ed25519(() => createPrivateKey(known), path);
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  await mkdir(dirname(path), { recursive: true });
  // Of two concurrent first uses, the second takes the first one's key.
  const made = await writeFile(path, privateKey.export({ type: 'pkcs8', format: 'pem' }), {
    mode: 0o600,
    flag: 'wx',
  }).then(
    () => true,
    () => false,
  );
  if (!made) return signingKey(path);
  await writeFile(`${path}.pub`, publicKey.export({ type: 'spki', format: 'pem' }));
  return privateKey;
}

/** A public key from a file: PEM, of the public or the private half. @throws {SignedHeadError} */
export async function publicKeyOf(path: string): Promise<KeyObject> {
  const text = await readKey(path);
  if (text === null) throw new SignedHeadError(`the key ${path} cannot be read: ENOENT`);
  return ed25519(() => createPublicKey(text), path);
}

/** Null for a file that does not exist. */
async function readKey(path: string): Promise<string | null> {
  return readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw new SignedHeadError(`the key ${path} cannot be read: ${error.code ?? error.message}`);
  });
}

function ed25519(load: () => KeyObject, path: string): KeyObject {
  let key: KeyObject;
  try {
    key = load();
  } catch {
    throw new SignedHeadError(`${path} holds no key in PEM form`);
  }
  if (key.asymmetricKeyType !== 'ed25519')
    throw new SignedHeadError(
      `${path} holds a key of type ${key.asymmetricKeyType ?? 'unknown'}, not Ed25519`,
    );
  return key;
}
