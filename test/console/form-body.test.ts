import { expect } from 'chai';
import type { Field, FieldKind, ValueField } from '../../src/console/field.ts';
import { centsOf, formBody, typedCents } from '../../src/console/form-body.ts';

const amount: Field = { name: 'amount_cents', label: 'Amount', kind: 'money' };
const item = (name: string, kind: FieldKind): ValueField => ({ name, label: name, kind });

describe('what a form is made into', () => {
  it('reads amounts as people type them, to the cent', () => {
    const amounts: [string, number | null][] = [
      ['78.23', 7_823],
      ['1,234.5', 123_450],
      ['0.07', 7],
      ['12', 1_200],
      ['-3.10', -310],
      ['−3.10', -310],
      ['-0', 0],
      ['9999999999999.99', 999_999_999_999_999],
      ['1.005', null],
      ['1e3', null],
      ['.', null],
      ['', null],
      ['12 AUD', null],
    ];
    for (const [text, cents] of amounts) expect(centsOf(text), text).to.equal(cents);
  });

  it('shows an amount so that it is read as the same', () => {
    for (const cents of [0, 7, 70, 7_823, -310, 123_450_000_001])
      expect(centsOf(typedCents(cents))).to.equal(cents);
  });

  it('names a field that can not be read, and keeps what was typed', () => {
    expect(formBody([amount], { amount_cents: 'seven' })).to.deep.equal({
      body: {},
      query: {},
      errors: [{ path: 'amount_cents', message: 'expected an amount such as 78.23' }],
      typed: { amount_cents: 'seven' },
    });
  });

  it('leaves out what is empty, or makes it null, as the field says', () => {
    const fields: Field[] = [
      { name: 'a', label: 'A', kind: 'text' },
      { name: 'b', label: 'B', kind: 'text', empty: 'null' },
      { name: 'c', label: 'C', kind: 'text', empty: 'keep' },
      { name: 'd', label: 'D', kind: 'lines', empty: 'keep' },
      { name: 'e', label: 'E', kind: 'checkbox' },
    ];
    expect(formBody(fields, {}).body).to.deep.equal({ b: null, c: '', d: [], e: false });
  });

  it('makes members of members, lists, whole numbers, instants and JSON', () => {
    const fields: Field[] = [
      { name: 'address.city', label: 'City', kind: 'text' },
      { name: 'emails.billing', label: 'Mail', kind: 'lines' },
      { name: 'net_days', label: 'Days', kind: 'integer' },
      { name: 'at', label: 'At', kind: 'instant' },
      { name: 'rules', label: 'Rules', kind: 'json' },
      { name: 'reason', label: 'Reason', kind: 'text', inQuery: true },
    ];
    const sent = {
      'address.city': ' Perth ',
      'emails.billing': 'a@x.example\r\n\r\n b@x.example',
      net_days: '14',
      at: '2026-05-01T03:00',
      rules: '[1]',
      reason: 'late',
    };
    expect(formBody(fields, sent)).to.deep.include({
      body: {
        address: { city: 'Perth' },
        emails: { billing: ['a@x.example', 'b@x.example'] },
        net_days: 14,
        at: '2026-05-01T03:00:00Z',
        rules: [1],
      },
      query: { reason: 'late' },
      errors: [],
    });
    expect(formBody(fields, { rules: '{' }).errors).to.deep.equal([
      { path: 'rules', message: 'is not JSON' },
    ]);
    // The API says what it expects of what is no number.
    expect(formBody(fields, { net_days: 'soon' }).body).to.deep.equal({ net_days: 'soon' });
  });

  it('numbers the rows anew that have something in them', () => {
    const rows: Field = {
      kind: 'rows',
      name: 'items',
      label: 'Items',
      blank: 2,
      fields: [item('kind', 'text'), item('price_cents', 'money'), item('hard', 'checkbox')],
    };
    const sent = {
      'items.0.kind': '',
      'items.0.hard': 'on',
      'items.2.kind': 'llm_tokens',
      'items.2.price_cents': '0.30',
      'items.10.kind': 'spaces_gb_month',
      'items.10.price_cents': 'x',
    };
    const made = formBody([rows], sent);
    expect(made.body).to.deep.equal({
      items: [
        { kind: 'llm_tokens', price_cents: 30, hard: false },
        { kind: 'spaces_gb_month', hard: false },
      ],
    });
    expect(made.errors.map(({ path }) => path)).to.deep.equal(['items.1.price_cents']);
    expect(made.typed).to.include({ 'items.0.kind': 'llm_tokens', 'items.1.price_cents': 'x' });
  });

  it('never makes more than the fields name', () => {
    expect(formBody([amount], { amount_cents: '1', admin: 'on', '__proto__.x': '1' }).body).to.deep.equal({
      amount_cents: 100,
    });
  });
});
