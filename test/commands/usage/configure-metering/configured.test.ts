import { configureMetering } from '../../../../commands/usage/configure-metering.ts';
import { given } from '../../../support/commands/command-spec.ts';
import { configured } from '../../../support/commands/usage-events.ts';

describe('configure-metering', () => {
  it('changes the given settings and keeps the rest', () => {
    given(configureMetering)
      .when({ resource_kind: 'dns_zones', granularity: 'hour' }, undefined)
      .then([configured('hour', null)]);
    given(configureMetering, [configured('hour', 30)])
      .when({ resource_kind: 'dns_zones', granularity: 'day' }, undefined)
      .then([configured('day', 30)]);
    given(configureMetering, [configured('hour', 30)])
      .when({ resource_kind: 'dns_zones', retention_days: null }, undefined)
      .then([configured('hour', null)]);
  });
});
