import { expect } from 'chai';
import { sourceIdOf } from '../../../projections/inventory/source-of.ts';
import { resourceIdOf } from '../../../src/ledger/resource-id.ts';

const uuid = '5B1C8F1E-0000-4000-8000-00000000000a';

describe('what a backup or snapshot was taken of', () => {
  it('is the droplet of a backup, and what the provider says for a snapshot', () => {
    expect(sourceIdOf('droplet_backup', { droplet_id: 7 })).to.equal(resourceIdOf('droplet', '7'));
    expect(sourceIdOf('droplet_backup', { droplet_id: '7' })).to.equal(resourceIdOf('droplet', '7'));
    const taken = (resource_type: string, resource_id: string) =>
      sourceIdOf('snapshot', { resource_type, resource_id });
    expect(taken('volume', uuid)).to.equal(resourceIdOf('volume', uuid));
    expect(taken('Droplet', '7')).to.equal(resourceIdOf('droplet', '7'));
    expect(taken('volume', '7'), 'an id may be used twice').to.equal(resourceIdOf('volume', '7'));
    expect(taken('image', '7')).to.equal(null);
    expect(sourceIdOf('droplet', { droplet_id: '7', resource_id: '7' })).to.equal(null);
  });

  it('shows in the form of the id for a snapshot whose kind of source is not known', () => {
    for (const resource_type of [undefined, null, '']) {
      const taken = (resource_id: unknown) => sourceIdOf('snapshot', { resource_type, resource_id });
      expect(taken('7')).to.equal(resourceIdOf('droplet', '7'));
      expect(taken(uuid)).to.equal(resourceIdOf('volume', uuid));
      for (const unknown of ['lost', '', null, undefined, {}]) expect(taken(unknown)).to.equal(null);
    }
  });
});
