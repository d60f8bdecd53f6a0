import { expect } from 'chai';
import { matchWanted } from '../../../commands/inventory/match-wanted.ts';

const spec = (size_slug: string | null, region: string | null, count: number, kind = 'droplet') => ({
  ...{ kind, size_slug, region, count },
});
const resource = (id: string, size_slug: string | null, region: string | null, kind = 'droplet') => ({
  ...{ id, kind, size_slug, region, own_fields: [] as string[] },
});

describe('match-wanted', () => {
  const placesOf = (...input: Parameters<typeof matchWanted>) =>
    Object.fromEntries(matchWanted(...input).places);

  it('gives exact matches their places first, the rest what is left', () => {
    const wanted = [spec('small', 'syd1', 1), spec('large', 'syd1', 1)];
    const resources = [resource('a', 'other', 'syd1'), resource('b', 'small', 'syd1')];
    expect(placesOf(wanted, resources)).to.deep.equal({ a: 1, b: 0 });
    expect(matchWanted(wanted, resources).tied).to.deep.equal([1, 1]);
  });

  it('leaves a place that takes any region to the one that needs it', () => {
    const wanted = [spec('small', null, 1), spec('small', 'syd1', 1)];
    const resources = [resource('a', 'small', 'syd1'), resource('b', 'small', 'fra1')];
    expect(placesOf(wanted, resources)).to.deep.equal({ a: 1, b: 0 });
  });

  it('lets the rest differ in as few fields as possible, over all of them', () => {
    const wanted = [spec('small', 'syd1', 1), spec('large', 'fra1', 1)];
    const resources = [resource('a', 'small', 'fra1'), resource('b', 'other', 'syd1')];
    expect(placesOf(wanted, resources)).to.deep.equal({ a: 1, b: 0 });
  });

  it('finds more than wanted: of equal ones the last', () => {
    const wanted = [spec('small', 'syd1', 2)];
    const resources = ['a', 'b', 'c'].map((id) => resource(id, 'small', 'syd1'));
    expect(placesOf(wanted, resources)).to.deep.equal({ a: 0, b: 0, c: null });
    const others = [resource('o', 'other', 'syd1'), ...resources.slice(0, 2)];
    expect(placesOf(wanted, others)).to.deep.equal({ a: 0, b: 0, o: null });
  });

  it('says nothing of a kind that is not wanted, and counts what is missing', () => {
    const wanted = [spec(null, null, 3, 'dns_zone'), spec('small', 'syd1', 1)];
    const resources = [resource('v', null, 'syd1', 'volume'), resource('z', null, null, 'dns_zone')];
    const { places, tied } = matchWanted(wanted, resources);
    expect(Object.fromEntries(places)).to.deep.equal({ z: 0 });
    expect(tied).to.deep.equal([1, 0]);
    expect(placesOf([], resources)).to.deep.equal({});
  });

  it('takes a field of the own spec as right, and of equal places the nearest', () => {
    const wanted = [spec('small', 'syd1', 1), spec('large', 'syd1', 1)];
    const accepted = { ...resource('a', 'other', 'syd1'), own_fields: ['size_slug'] };
    const small = resource('b', 'small', 'syd1');
    expect(placesOf(wanted, [accepted, small])).to.deep.equal({ a: 1, b: 0 });
    expect(placesOf(wanted, [resource('c', 'third', 'syd1'), accepted, small])).to.deep.equal({
      ...{ a: 1, b: 0, c: null },
    });
    const own = { ...small, own_fields: ['size_slug'] };
    expect(placesOf([...wanted].reverse(), [own])).to.deep.equal({ b: 1 });
  });
});
