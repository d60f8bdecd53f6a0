// A session that is lost while it opens fails its query and nothing else. The library asks each new session
// for its array types; one that is lost meanwhile rejects a promise that the library has dropped, which ends
// the process. So it does not ask, and the arrays that statements take and give are listed here. Without
// asking, `reserve()` never answers on a new connection (https://github.com/porsager/postgres/issues/1219): a
// pool of one connection takes its place.
//
// Upstream: postgres 3.4.9, https://github.com/porsager/postgres/issues/1192,
//   https://github.com/porsager/postgres/issues/1205, https://github.com/porsager/postgres/issues/1223
// Needed: test/database/postgres-repairs/array-types.test.ts
// May go when: that test fails at "the library alone ends the process".
import type { PostgresType } from 'postgres';
import { parse as parseArray } from 'postgres-array';
import { jsonbText, textArray } from '../pg-array.ts';
import { date, int8, numeric, timestamptz, type WireType } from '../wire-types.ts';

/**
 * An array's type; null elements stay null. It takes an array's literal as well (`textArray`, `plainArray`).
 */
function arrayOf<T, R>(
  arrayType: number,
  serialize: (value: T) => string,
  parse: (text: string) => R,
): WireType<readonly (T | null)[] | string> {
  return {
    to: arrayType,
    from: [arrayType],
    serialize: (values) =>
      typeof values === 'string'
        ? values
        : textArray(values.map((value) => (value === null ? null : serialize(value)))),
    parse: (text) => parseArray(text, parse),
  };
}

const asIs = (text: string): string => text;

/** Array types by the ids that every server has. */
export const arrayTypes: Record<string, PostgresType> = {
  boolean_array: arrayOf(1000, String, (text) => text === 't'),
  name_array: arrayOf(1003, String, asIs),
  int2_array: arrayOf(1005, String, Number),
  int4_array: arrayOf(1007, String, Number),
  text_array: arrayOf(1009, String, asIs),
  varchar_array: arrayOf(1015, String, asIs),
  int8_array: arrayOf(1016, int8.serialize, int8.parse),
  timestamptz_array: arrayOf(1185, timestamptz.serialize, timestamptz.parse),
  date_array: arrayOf(1182, date.serialize, date.parse),
  numeric_array: arrayOf(1231, numeric.serialize, numeric.parse),
  uuid_array: arrayOf(2951, String, asIs),
  jsonb_array: arrayOf(3807, jsonbText, (text): unknown => JSON.parse(text)),
};
