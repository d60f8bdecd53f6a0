import { measureBucket } from '../../../../commands/inventory/measure-bucket.ts';
import { resourceIdOf } from '../../../../commands/inventory/resource.ts';
import { given } from '../../../support/commands/command-spec.ts';
import { gone } from '../../../support/commands/droplet-events.ts';

describe('measure-bucket', () => {
  const sweep = {
    sweep_id: 's-1',
    started_at: '2026-05-03T00:30:00.000Z',
    ended_at: '2026-05-03T00:31:00.000Z',
  };
  const size = { size_bytes: '5000000000', size_gigabytes: '5', objects: 2, sweep };

  it('leaves what is unknown or no bucket alone', () => {
    given(measureBucket, [])
      .when({ resource_id: resourceIdOf('spaces_bucket', 'media'), ...size }, undefined)
      .then([]);
    given(measureBucket, gone.slice(0, 1))
      .when({ resource_id: resourceIdOf('droplet', '1'), ...size }, undefined)
      .then([]);
  });

  it('adds the size to what is known of a bucket', () => {
    const resource_id = resourceIdOf('spaces_bucket', 'media');
    const seen = { name: 'media', region: null, size_slug: null, status: 'active', created_at: null };
    given(measureBucket, [
      {
        type: 'ResourceDiscovered',
        data: {
          resource_id,
          provider: 'digitalocean',
          provider_id: 'media',
          kind: 'spaces_bucket',
          ...seen,
          attrs: {},
          placeholder: true,
          tenant_id: 'skyai-internal',
          sweep_id: 's-0',
          observed_at: '2026-05-02T00:30:00.000Z',
          sweep_ended_at: '2026-05-02T00:31:00.000Z',
        },
      },
    ])
      .when({ resource_id, ...size }, undefined)
      .then([
        {
          type: 'ResourceChanged',
          data: {
            resource_id,
            kind: 'spaces_bucket',
            ...seen,
            attrs: { size_bytes: '5000000000', size_gigabytes: '5', objects: 2 },
            sweep_id: 's-1',
            observed_at: sweep.started_at,
            sweep_ended_at: sweep.ended_at,
            changed: ['attrs.objects', 'attrs.size_bytes', 'attrs.size_gigabytes'],
          },
        },
      ]);
  });
});
