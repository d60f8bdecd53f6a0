import { expect } from 'chai';
import fc from 'fast-check';
import type { z } from 'zod';
import { Refused, refusalCodes } from '../../../src/ledger/refusal.ts';
import { refusalAnswer } from '../../../src/http/problem.ts';
import { parseQuery } from '../../../src/http/query-string.ts';
import {
  centsSchema,
  daySchema,
  decimalSchema,
  idSchema,
  instantSchema,
  momentSchema,
  nameSchema,
  periodSchema,
  quantitySchema,
  queryBoolean,
  queryInteger,
} from '../../../src/http/schemas.ts';
import { validate } from '../../../src/http/validate.ts';

/** The parsed value, or the error messages. */
function outcome(schema: z.ZodType, value: unknown): unknown {
  const parsed = schema.safeParse(value);
  return parsed.success ? parsed.data : 'refused';
}

describe('schemas of requests', () => {
  const tables: [string, z.ZodType, [unknown, unknown][]][] = [
    [
      'decimal',
      decimalSchema,
      [
        ['0', '0'],
        ['999999999999999.999999999999', '999999999999999.999999999999'],
        ['1000000000000000', 'refused'],
        ['1.0000000000001', 'refused'],
        ['-1', 'refused'],
        ['1e3', 'refused'],
        ['.5', 'refused'],
        ['5.', 'refused'],
        ['', 'refused'],
        ['१', 'refused'],
        [1, 'refused'],
      ],
    ],
    [
      'quantity',
      quantitySchema,
      [
        ['1.5', '1.5'],
        [744, '744'],
        [0, '0'],
        [-1, 'refused'],
        [1.5, '1.5'],
        [48.000001, '48.000001'],
        [1e-7, '0.0000001'],
        [1e-13, 'refused'],
        [0.1 + 0.2, 'refused'],
        [Infinity, 'refused'],
        [2 ** 53, 'refused'],
        [1e15, 'refused'],
        ['1e3', 'refused'],
        [null, 'refused'],
      ],
    ],
    [
      'cents',
      centsSchema,
      [
        [-5, -5],
        [9007199254740991, 9007199254740991],
        [9007199254740992, 'refused'],
        [0.5, 'refused'],
        ['5', 'refused'],
      ],
    ],
    [
      'day',
      daySchema,
      [
        ['2024-02-29', '2024-02-29'],
        ['2023-02-29', 'refused'],
        ['2000-01-01', '2000-01-01'],
        ['1999-12-31', 'refused'],
        ['2100-12-31', '2100-12-31'],
        ['2101-01-01', 'refused'],
        ['2026-4-1', 'refused'],
        ['2026-04-01T00:00:00Z', 'refused'],
      ],
    ],
    [
      'period',
      periodSchema,
      [
        ['2026-04', '2026-04-01'],
        ['2026-04-17', '2026-04-01'],
        ['2026-13', 'refused'],
        ['2026-04-31', 'refused'],
        ['1999-12', 'refused'],
        ['2101-01', 'refused'],
        ['2026', 'refused'],
      ],
    ],
    [
      'instant',
      instantSchema,
      [
        ['2026-04-01T00:00:00Z', '2026-04-01T00:00:00.000Z'],
        ['2026-04-01T23:59:59.123456Z', '2026-04-01T23:59:59.123Z'],
        ['2026-04-01T24:00:00Z', 'refused'],
        ['2026-02-30T00:00:00Z', 'refused'],
        ['2026-04-01T10:00:00.5+00:00', '2026-04-01T10:00:00.500Z'],
        ['2026-04-01T00:00:00+10:00', 'refused'],
        ['2026-04-01T00:00:00', 'refused'],
        ['2026-04-01', 'refused'],
        ['2200-01-01T00:00:00Z', 'refused'],
      ],
    ],
    [
      'moment',
      momentSchema,
      [
        ['2026-04-01', '2026-04-01'],
        ['2026-04-01T00:00:00Z', '2026-04-01T00:00:00Z'],
        ['2026-04-31', 'refused'],
        ['now', 'refused'],
      ],
    ],
    [
      'id',
      idSchema,
      [
        ['a', 'a'],
        ['', 'refused'],
        ['a'.repeat(200), 'a'.repeat(200)],
        ['a'.repeat(201), 'refused'],
      ],
    ],
    [
      'name',
      nameSchema,
      [
        ['n'.repeat(500), 'n'.repeat(500)],
        ['n'.repeat(501), 'refused'],
        ['', 'refused'],
      ],
    ],
    [
      'queryInteger',
      queryInteger(1, 500),
      [
        ['1', 1],
        ['500', 500],
        ['501', 'refused'],
        ['0', 'refused'],
        ['', 'refused'],
        [' 5', 'refused'],
        ['0x10', 'refused'],
        ['1e2', 'refused'],
      ],
    ],
    [
      'queryBoolean',
      queryBoolean,
      [
        ['true', true],
        ['false', false],
        ['1', 'refused'],
        ['', 'refused'],
      ],
    ],
  ];
  for (const [name, schema, rows] of tables) {
    it(name, () => {
      for (const [value, expected] of rows)
        expect(outcome(schema, value), JSON.stringify(value)).to.equal(expected);
    });
  }

  it('never throws, whatever text it gets', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        for (const [, schema] of tables) outcome(schema, text);
      }),
    );
  });
});

describe('query strings', () => {
  const refusedPath = (url: string): string => {
    try {
      parseQuery(url);
      return 'taken';
    } catch (error) {
      return error instanceof Refused ? (error.refusal.errors?.[0]?.path ?? '') : String(error);
    }
  };

  it('are flat text', () => {
    expect(parseQuery('/a?b=c+d&e=%C3%A9&f&g=h=i&&j[k]=l')).to.deep.equal({
      b: 'c d',
      e: 'é',
      f: '',
      g: 'h=i',
      'j[k]': 'l',
    });
    expect(parseQuery('/a')).to.deep.equal({});
    expect(Object.hasOwn(parseQuery('/a?__proto__=x'), '__proto__')).to.equal(true);
  });

  it('name nothing twice, however it is spelt', () => {
    expect(refusedPath('/a?b=1&b=1')).to.equal('b');
    expect(refusedPath('/a?b=1&%62=2')).to.equal('b');
  });

  it('come back as they went in', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string({ minLength: 1, unit: 'grapheme' }), fc.string({ unit: 'grapheme' })),
        (entries) => {
          expect(parseQuery(`/a?${new URLSearchParams(entries).toString()}`)).to.deep.equal({ ...entries });
        },
      ),
    );
  });
});

describe('validation', () => {
  it('gives small and valid answers, whatever was sent', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.string({ unit: 'binary' }), (value, name) => {
        try {
          validate(idSchema, { [name]: value, ['x'.repeat(10_000)]: value });
          expect.fail('taken');
        } catch (error) {
          if (!(error instanceof Refused)) throw error;
          const text = JSON.stringify(error.refusal);
          expect(text.length).to.be.below(30_000);
          expect(text).not.to.match(/\\u0000|\\ud[89a-f]/);
        }
      }),
    );
  });
});

describe('the problem table', () => {
  it("answers every refusal with a client's or a server's status, a title, and its code as type", () => {
    for (const code of refusalCodes) {
      const { problem } = refusalAnswer({ refused: code, detail: 'd', extra: { status: 1, allowed: [] } });
      expect(problem.status, code).to.be.within(400, 503);
      expect(problem).to.deep.include({
        type: `urn:arcadia-cloud:problem:${code}`,
        detail: 'd',
        allowed: [],
      });
      expect(problem.title).not.to.equal('');
    }
  });
});
