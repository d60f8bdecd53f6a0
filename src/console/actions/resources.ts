import { acceptDriftRoute, revertDriftRoute } from '../../http/routes/drift.ts';
import { assignResourceRoute, provisionedRoute } from '../../http/routes/inventory.ts';
import { tieResourceRoute, untieResourceRoute } from '../../http/routes/ties.ts';
import { defineAction } from '../action.ts';

/** The tenant of a resource, whatever later sweeps find. */
export const assignResource = defineAction({
  name: 'assign-resource',
  route: assignResourceRoute,
  title: 'Assign to a tenant',
  submit: 'Assign',
  fields: [{ name: 'tenant_id', label: 'Tenant', kind: 'text', required: true }],
  done: ({ data }) => ({ text: `The resource belongs to ${data.tenant_id} from now on.` }),
});

/** What a resource is to be like. */
export const provisionResource = defineAction({
  name: 'provision-resource',
  route: provisionedRoute,
  title: 'Record the desired spec',
  submit: 'Record the spec',
  fields: [
    {
      name: 'spec',
      label: 'Spec',
      kind: 'json',
      required: true,
      hint: 'A JSON object of fields and their values, such as {"size_slug": "s-1vcpu-1gb"}.',
    },
  ],
  done: ({ data }) => ({ text: `Version ${data.spec_version} of the spec is recorded.` }),
});

/** The deployment that holds a resource from a day on. */
export const tieResource = defineAction({
  name: 'tie-resource',
  route: tieResourceRoute,
  title: 'Tie to a deployment',
  submit: 'Tie',
  fields: [
    { name: 'p.id', label: 'Deployment', kind: 'select', required: true },
    {
      name: 'effective_from',
      label: 'From (UTC day)',
      kind: 'day',
      hint: 'Today if empty. The days since an earlier one are metered anew.',
    },
    { name: 'resource_id', label: 'Resource', kind: 'hidden' },
  ],
  // The deployment is a part of the path.
  body: ({ p: _path, ...body }) => body,
  done: ({ data }) => ({
    text: `Tied from ${data.effective_from} on; its usage is billed to ${data.tenant_id}.`,
  }),
});

/** The end of a tie. */
export const untieResource = defineAction({
  name: 'untie-resource',
  route: untieResourceRoute,
  title: 'End the tie',
  submit: 'End the tie',
  tone: 'danger',
  fields: [
    {
      name: 'effective_to',
      label: 'Before (UTC day)',
      kind: 'day',
      inQuery: true,
      hint: 'Today if empty. The days since an earlier one are metered anew.',
    },
  ],
  done: ({ data }) => ({ text: `The tie ends before ${data.effective_to ?? 'today'}.` }),
});

/** The live value becomes the desired one. */
export const acceptDrift = defineAction({
  name: 'accept-drift',
  route: acceptDriftRoute,
  title: 'Accept the live value',
  submit: 'Accept',
  fields: [],
  done: ({ data }) => ({ text: `Accepted: version ${data.spec_version} of the spec has the live value.` }),
});

/** A droplet goes back to the size of its spec. */
export const revertDrift = defineAction({
  name: 'revert-drift',
  route: revertDriftRoute,
  title: 'Revert the droplet',
  submit: 'Power off, resize and power on',
  tone: 'danger',
  fields: [
    {
      name: 'confirm',
      label: 'The name of the droplet',
      kind: 'text',
      required: true,
      hint: 'Type it to confirm: the droplet is switched off while it is resized.',
    },
  ],
  done: ({ data }) => ({
    text: `The revert to ${data.desired} is under way.`,
    to: `/console/drift/${encodeURIComponent(data.drift_id)}`,
  }),
});

/** What the operator does with resources and their drift. */
export const resourceActions = [
  assignResource,
  provisionResource,
  tieResource,
  untieResource,
  acceptDrift,
  revertDrift,
];
