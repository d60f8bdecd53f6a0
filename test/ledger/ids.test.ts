import { expect } from 'chai';
import fc from 'fast-check';
import { v5 } from 'uuid';
import { idFrom, idsWithin, randomId } from '../../src/ledger/ids.ts';
import { countingIds } from '../support/ledger/counting-ids.ts';

describe('ids', () => {
  it('from natural keys are the same for the same parts, for ever', () => {
    // A changed namespace or encoding would move every stream of every ledger: these are facts, not samples.
    expect(idFrom('deployment', 'acme', 'web')).to.equal('9d529a4d-cbaa-51f5-a9eb-2d6cda26b80d');
    expect(idFrom('resource', 'digitalocean', 'droplet', '1')).to.equal(
      '0f888809-0ac0-5ee6-873c-22d323639654',
    );
    expect(idFrom('invoice', 'acme', '2026-04-01')).to.equal('c7cf9c3b-bca4-5473-a68d-8dc6824fbfd5');
  });

  it('by name are uuids of version 5', () => {
    fc.assert(
      fc.property(fc.uuid(), fc.string({ unit: 'grapheme' }), (namespace, name) => {
        expect(idsWithin(namespace)(name)).to.equal(v5(name, namespace));
      }),
    );
  });

  it('differ for keys whose parts would read the same when joined', () => {
    const ids = [
      idFrom('a', 'bc'),
      idFrom('ab', 'c'),
      idFrom('abc'),
      idFrom('a', 'b', 'c'),
      idFrom('a,bc'),
      idFrom('a","bc'),
      idFrom('', 'abc'),
      idFrom('abc', ''),
    ];
    expect(new Set(ids).size).to.equal(ids.length);
    const typed = [idFrom(1), idFrom('1'), idFrom(null), idFrom('null'), idFrom('')];
    expect(new Set(typed).size).to.equal(typed.length);
  });

  it('at random never repeat', () => {
    const made = Array.from({ length: 500 }, () => randomId());
    expect(new Set(made).size).to.equal(made.length);
  });

  it('that count repeat from run to run, each seed its own', () => {
    const [first, again, other] = [countingIds('x'), countingIds('x'), countingIds('y')];
    const run = (next: () => string) => Array.from({ length: 5 }, next);
    const ids = run(first);
    expect(run(again)).to.deep.equal(ids);
    expect(new Set([...ids, ...run(other)]).size).to.equal(10);
  });
});
