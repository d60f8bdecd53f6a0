import { createCipheriv, createDecipheriv, createHmac, type DecipherGCM } from 'node:crypto';

const algorithm = 'aes-256-gcm';
const nonceBytes = 12;
const tagBytes = 16;

/** A key of its own for a purpose, derived from another. */
export function subkey(key: Buffer, purpose: string): Buffer {
  return createHmac('sha256', key).update(`arcadia-cloud ${purpose}`).digest();
}

/** Encrypts under a nonce, which must never serve two contents under one key. @returns nonce, cipher, tag */
export function closeBox(key: Buffer, nonce: Buffer, content: Buffer, associated: string): Buffer {
  const cipher = createCipheriv(algorithm, key, nonce).setAAD(Buffer.from(associated));
  return Buffer.concat([nonce, cipher.update(content), cipher.final(), cipher.getAuthTag()]);
}

/** What a box holds. @throws {Error} another key, another place, or an altered box */
export function openBox(key: Buffer, box: Buffer, associated: string): Buffer {
  if (box.length < nonceBytes + tagBytes) throw new Error('a sealed text is too short');
  const decipher: DecipherGCM = createDecipheriv(algorithm, key, box.subarray(0, nonceBytes))
    .setAAD(Buffer.from(associated))
    .setAuthTag(box.subarray(-tagBytes));
  return Buffer.concat([decipher.update(box.subarray(nonceBytes, -tagBytes)), decipher.final()]);
}

/** A nonce that follows from content and place, so that the same content makes the same box. */
export function syntheticNonce(key: Buffer, associated: string, content: string): Buffer {
  return createHmac('sha256', key)
    .update(JSON.stringify([associated, content]))
    .digest()
    .subarray(0, nonceBytes);
}
