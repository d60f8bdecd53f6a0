/**
 * A set of keys that remembers hashes only: 16 bytes a key, however long the keys are. `mayHave` answers false for sure
 * and true with a chance of a false one below a millionth at a hundred million keys.
 */
export interface KeySet {
  readonly size: number;
  add(key: string): void;
  mayHave(key: string): boolean;
}

const EMPTY = 0;

/** Creates an empty one. */
export function createKeySet(): KeySet {
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
    get size() { return size; },
    add(key) {
      if (size * 2 >= slots.length) grow();
      const hash = hashOf(key);
      const at = slotOf(hash);
      if (slots[at] === hash) return;
      slots[at] = hash;
      size += 1;
    },
    mayHave: (key) => slots[slotOf(hashOf(key))] !== EMPTY,
  };
}

/** 53 bits of two multiplicative hashes over the text's units, two at a time, never zero. */
function hashOf(text: string): number {
  const { length } = text;
  let high = 0x9e3779b9 ^ length;
  let low = 0x85ebca6b;
  for (let i = 0; i < length; i += 2) {
    // The length is in the hash: an odd one's last unit is not taken for a pair with a zero.
    const code = i + 1 < length ? text.charCodeAt(i) | (text.charCodeAt(i + 1) << 16) : text.charCodeAt(i);
    high = Math.imul(high ^ code, 0x01000193);
    low = Math.imul(low ^ code, 0x5bd1e995);
    low ^= low >>> 15;
  }
  high = Math.imul(high ^ (high >>> 16), 0x45d9f3b);
  return ((high >>> 11) * 0x1_0000_0000 + ((low ^ high) >>> 0)) || 1;
}
