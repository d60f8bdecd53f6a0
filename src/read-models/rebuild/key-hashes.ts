import { storedText } from '../../database/pg-array.ts';

/**
 * A set of keys that keeps only their hashes, 16 bytes a key. `false` is exact; at a hundred million keys
 * fewer than one in a million `true` answers are wrong.
 */
export interface KeyHashes {
  readonly size: number;
  /** Adds a key by its {@link keyHash}; false when it, or another key with that hash, was there. */
  add(hash: number): boolean;
  mayHave(hash: number): boolean;
}

const EMPTY = 0;

/** An empty set. */
export function createKeyHashes(): KeyHashes {
  // Open addressing: a slot holds a hash, never zero; at most half of the slots are taken.
  let slots = new Float64Array(1 << 10);
  let size = 0;

  const slotOf = (hash: number): number => {
    const mask = slots.length - 1;
    let at = (hash >>> 0) & mask;
    while (slots[at] !== EMPTY && slots[at] !== hash) at = (at + 1) & mask;
    return at;
  };
  const grow = () => {
    const before = slots;
    slots = new Float64Array(before.length * 2);
    for (const hash of before) if (hash !== EMPTY) slots[slotOf(hash)] = hash;
  };

  return {
    get size() {
      return size;
    },
    add(hash) {
      if (size * 2 >= slots.length) grow();
      const at = slotOf(hash);
      if (slots[at] === hash) return false;
      slots[at] = hash;
      size += 1;
      return true;
    },
    mayHave: (hash) => slots[slotOf(hash)] !== EMPTY,
  };
}

type Values = Readonly<Record<string, unknown>>;

/** A key's part as the database keeps it: two texts that are equal there are one key. */
const partOf = (value: unknown): string => storedText(String(value));

/** Whether two rows have one key. */
export function sameKey(columns: readonly string[], a: Values, b: Values): boolean {
  return columns.every((name) => partOf(a[name]) === partOf(b[name]));
}

// The hash so far: a function that returned two numbers would allocate an object for each key.
let high = 0;
let low = 0;

/** 53 bits of two multiplicative hashes over a key's parts and their lengths, never zero. */
export function keyHash(columns: readonly string[], values: Values): number {
  high = 0x9e3779b9;
  low = 0x85ebca6b;
  for (const name of columns) mix(partOf(values[name]));
  const mixed = Math.imul(high ^ (high >>> 16), 0x45d9f3b);
  return (mixed >>> 11) * 0x1_0000_0000 + ((low ^ mixed) >>> 0) || 1;
}

/** Takes in a text, two of its units at a time. */
function mix(text: string): void {
  const { length } = text;
  const even = length & ~1;
  // Multiplied at once, or the length of a text of one unit would cancel a unit of the same number.
  let h = Math.imul(high ^ length, 0x01000193);
  let l = Math.imul(low ^ length, 0x5bd1e995);
  for (let i = 0; i < even; i += 2) {
    const pair = text.charCodeAt(i) | (text.charCodeAt(i + 1) << 16);
    h = Math.imul(h ^ pair, 0x01000193);
    l = Math.imul(l ^ pair, 0x5bd1e995);
    l ^= l >>> 15;
  }
  if (even < length) {
    h ^= text.charCodeAt(even);
    l ^= text.charCodeAt(even);
  }
  high = Math.imul(h, 0x01000193);
  low = Math.imul(l, 0x5bd1e995);
  low ^= low >>> 15;
}
