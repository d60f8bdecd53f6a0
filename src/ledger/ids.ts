import { hash, randomUUID } from 'node:crypto';

/**
 * Ids by name within a namespace: uuid v5 (RFC 9562), several times as fast as the usual library.
 * @param namespace a uuid
 */
export function idsWithin(namespace: string): (name: string) => string {
  const prefix = Buffer.from(namespace.replaceAll('-', ''), 'hex');
  return (name) => {
    const hex = hash('sha1', Buffer.concat([prefix, Buffer.from(name)]), 'hex');
    const variant = '89ab'[Number.parseInt(hex.charAt(16), 16) & 3] as string;
    const third = `5${hex.slice(13, 16)}`;
    const fourth = `${variant}${hex.slice(17, 20)}`;
    return [hex.slice(0, 8), hex.slice(8, 12), third, fourth, hex.slice(20, 32)].join('-');
  };
}

/** The namespace of all ids that derive from natural keys. */
const idOfKey = idsWithin('6f0f3d0e-5c0f-5e0b-9a53-2d3a6f3f7c11');

/**
 * A stable id from a natural key: uuid v5 over its parts as a JSON array, so `['a', 'bc']` and `['ab', 'c']`
 * differ.
 */
export function idFrom(...parts: (string | number | null)[]): string {
  return idOfKey(JSON.stringify(parts));
}

/** Makes fresh ids. An input, so that tests can repeat a run. */
export type NewId = () => string;

export const randomId: NewId = () => randomUUID();
