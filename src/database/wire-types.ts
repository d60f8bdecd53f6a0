// How PostgreSQL's types are written and read: exact, and as in the API's JSON.
import type { PostgresType } from 'postgres';

/** A type of postgres.js: `to` is its id for parameters, `from` are the ids that it reads. */
export type WireType<T> = {
  to: number;
  from: number[];
  serialize: (value: T) => string;
  parse: (text: string) => unknown;
};

export const int8: WireType<number | bigint | string> = {
  to: 20,
  from: [20],
  serialize: String,
  parse: parseInt8,
};

export const numeric: WireType<number | bigint | string> = {
  to: 1700,
  from: [1700],
  serialize: String,
  parse: (text) => text,
};

export const date: WireType<Date | string> = {
  to: 1082,
  from: [1082],
  serialize: (value) => (value instanceof Date ? value.toISOString().slice(0, 10) : value),
  parse: (text) => text,
};

export const timestamptz: WireType<Date | string> = {
  to: 1184,
  // A timestamp without a zone (1114) is UTC, never the machine's local time.
  from: [1184, 1114],
  serialize: (value) => (value instanceof Date ? value.toISOString() : value),
  parse: parseTimestamp,
};

/**
 * The types of every connection, beside arrays. `date` replaces the library's own, which makes Date objects.
 */
export const wireTypes: Record<string, PostgresType> = { int8, numeric, date, timestamptz };

/** @throws RangeError when the value is beyond what a number holds exactly. */
function parseInt8(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value))
    throw new RangeError(`The int8 ${text} is no safe integer; select it as text.`);
  return value;
}

/**
 * `2026-04-01 00:00:00.123456+00` as `2026-04-01T00:00:00.123Z`: cut to milliseconds, since rounding might
 * move it into the next day. Infinities stay.
 */
function parseTimestamp(text: string): string {
  const match = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?(?:\+00(?::00)?)?$/.exec(text);
  if (match) return `${match[1] ?? ''}T${match[2] ?? ''}.${(match[3] ?? '').padEnd(3, '0').slice(0, 3)}Z`;
  if (text === 'infinity' || text === '-infinity') return text;
  throw new RangeError(`The timestamp ${text} is not in UTC or not in ISO style.`);
}
