/** How a field is written: a number, eight bytes, bytes with their length, or four bytes. */
export const wire = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const;

/** A varint below this shift fits into a double without loss. */
const EXACT_BITS = 49;

/** The fields of a message in the wire format of Protocol Buffers, one after another. */
export class MessageFields {
  readonly #bytes: Buffer;
  readonly #from: number;
  readonly #end: number;
  #at: number;
  #key = 0;
  #start = 0;
  #value: number | bigint = 0;

  constructor(bytes: Buffer, from = 0, end = bytes.length) {
    this.#bytes = bytes;
    this.#from = from;
    this.#end = end;
    this.#at = from;
  }

  /** Bytes of the whole message. */
  get length(): number {
    return this.#end - this.#from;
  }

  /** The present field's value, where it is a varint. */
  get value(): number | bigint {
    return this.#value;
  }

  /** The whole message as text. */
  text(): string {
    return this.#bytes.toString('utf8', this.#from, this.#end);
  }

  /** Goes to the next field; false at the end. @throws for bytes that are no message */
  next(): boolean {
    if (this.#at >= this.#end) return false;
    this.#key = Number(this.#varint());
    const kind = this.#key & 7;
    if (kind === wire.varint) this.#value = this.#varint();
    else this.#skip(kind);
    if (this.#at > this.#end) throw new Error('a message of EventStoreDB ends within a field');
    return true;
  }

  is(field: number, kind: number): boolean {
    return this.#key === field * 8 + kind;
  }

  /** The present field's bytes, as a message of their own. */
  inside(): MessageFields {
    return new MessageFields(this.#bytes, this.#start, this.#at);
  }

  #skip(kind: number): void {
    const length =
      kind === wire.bytes
        ? Number(this.#varint())
        : kind === wire.fixed64
          ? 8
          : kind === wire.fixed32
            ? 4
            : Number.NaN;
    if (Number.isNaN(length)) throw new Error(`EventStoreDB sent a field of unknown kind ${kind}`);
    this.#start = this.#at;
    this.#at += length;
  }

  #varint(): number | bigint {
    let value = 0;
    for (let shift = 0; shift < EXACT_BITS; shift += 7) {
      const byte = this.#bytes[this.#at++] ?? 0;
      value += (byte & 127) * 2 ** shift;
      if (byte < 128) return value;
    }
    let big = BigInt(value);
    for (let shift = BigInt(EXACT_BITS); ; shift += 7n) {
      const byte = this.#bytes[this.#at++] ?? 0;
      big |= BigInt(byte & 127) << shift;
      if (byte < 128) return big;
    }
  }
}
