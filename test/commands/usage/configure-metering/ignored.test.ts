import { configureMetering } from '../../../../commands/usage/configure-metering.ts';
import { given } from '../../../support/commands/command-spec.ts';
import { configured } from '../../../support/commands/usage-events.ts';

describe('configure-metering', () => {
  it('adds nothing for settings that are in force, the default included', () => {
    given(configureMetering)
      .when({ resource_kind: 'dns_zones', granularity: 'day', retention_days: null }, undefined)
      .then([]);
    given(configureMetering, [configured('hour', 30)])
      .when({ resource_kind: 'dns_zones' }, undefined)
      .then([]);
  });
});
