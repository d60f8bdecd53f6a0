/** Inputs of the commands on a subscription. */
import { execution } from './command-spec.ts';
import { idFrom } from '../../../src/ledger/ids.ts';
import { subscription_id, deployment_id, owner, created, started } from './deployment-events.ts';
import type { DeploymentEvent } from '../../../src/events/deployments.ts';

export const attachmentOf = (code: string, commandId = execution().commandId) =>
  idFrom('attachment', subscription_id, commandId, code);

export const startInput = { deployment_id, plan_code: 'studio', addons: [] };

export const attachInput = { deployment_id, code: 'storage_50gb', packs: 3 };

export const detachInput = { deployment_id, code: 'storage_50gb' };

export const addonDetached = (attachment_ids: string[]): DeploymentEvent => ({
  type: 'AddonDetached',
  data: { ...owner, subscription_id, code: 'storage_50gb', attachment_ids, effective_on: '2026-05-01' },
});

export const changeInput = { deployment_id, plan_code: 'studio' };

export const onRetired = [created(), started('2026-05-01', 1)];
