import { addChargeRoute, voidChargeRoute } from '../../http/routes/charges.ts';
import {
  createDeploymentRoute,
  transitionRoute,
  updateDeploymentRoute,
} from '../../http/routes/deployments.ts';
import {
  attachAddonRoute,
  changePlanRoute,
  detachAddonRoute,
  subscribeRoute,
} from '../../http/routes/subscriptions.ts';
import { tieResourceRoute, untieResourceRoute } from '../../http/routes/ties.ts';
import { money } from '../../pricing/amount-text.ts';
import { defineAction } from '../action.ts';
import type { ValueField } from '../field.ts';

const effectiveOn: ValueField = {
  name: 'effective_on',
  label: 'From',
  kind: 'day',
  hint: 'Today unless you say so; back to the first day of the oldest month without an invoice.',
};

const reason: ValueField = { name: 'reason', label: 'Reason', kind: 'text', empty: 'null' };

const version: ValueField = {
  name: 'version',
  label: 'Version',
  kind: 'integer',
  hint: 'The active one unless you say so.',
};

export const createDeployment = defineAction({
  name: 'create-deployment',
  route: createDeploymentRoute,
  title: 'New deployment',
  submit: 'Create',
  fields: [
    { name: 'tenant_id', label: 'Tenant', kind: 'text', required: true },
    { name: 'display_name', label: 'Name', kind: 'text', required: true, empty: 'keep' },
    {
      name: 'slug',
      label: 'Slug',
      kind: 'text',
      required: true,
      empty: 'keep',
      hint: 'Lower-case letters, digits and hyphens. It stays taken for ever.',
    },
    { name: 'region', label: 'Region', kind: 'text', empty: 'null' },
    { name: 'template_code', label: 'Template', kind: 'select', empty: 'null' },
    {
      name: 'state',
      label: 'Begins',
      kind: 'select',
      options: [
        { value: 'active', label: 'active' },
        { value: 'trial', label: 'as a trial, which is not billed' },
      ],
    },
    { name: 'trial_ends_at', label: 'Trial ends (UTC)', kind: 'instant', empty: 'null' },
  ],
  done: ({ data }) => ({
    text: `${data.display_name} of ${data.tenant_id} is ${data.state}.`,
    to: `/console/deployments/${data.id}`,
  }),
});

export const updateDeployment = defineAction({
  name: 'update-deployment',
  route: updateDeploymentRoute,
  title: 'Settings',
  submit: 'Save',
  fields: [
    { name: 'display_name', label: 'Name', kind: 'text', required: true, empty: 'keep' },
    {
      name: 'llm_mode',
      label: 'LLM mode',
      kind: 'select',
      options: [
        { value: 'none', label: 'none: charges are billed' },
        { value: 'charges', label: 'charges: charges are billed' },
        { value: 'allowance', label: 'allowance: tokens count against the allowance' },
      ],
    },
    { ...effectiveOn, label: 'LLM mode from' },
    {
      name: 'billing_action_suspended',
      label: 'Automatic billing actions leave it alone',
      kind: 'checkbox',
    },
  ],
  done: ({ data }) => ({ text: `The settings of ${data.display_name} are saved.` }),
});

export const transitionDeployment = defineAction({
  name: 'transition-deployment',
  route: transitionRoute,
  title: 'Move to another state',
  submit: 'Move it',
  fields: [{ name: 'to', label: 'To', kind: 'hidden' }, effectiveOn, reason],
  done: ({ data }) => ({ text: `${data.display_name} is ${data.state} from ${data.state_since}.` }),
});

export const endDeployment = defineAction({
  name: 'end-deployment',
  route: transitionRoute,
  title: 'End it',
  submit: 'End it',
  tone: 'danger',
  fields: [{ name: 'to', label: 'To', kind: 'hidden' }, effectiveOn, reason],
  done: ({ data }) => ({ text: `${data.display_name} is ${data.state} from ${data.state_since}.` }),
});

export const subscribeDeployment = defineAction({
  name: 'subscribe-deployment',
  route: subscribeRoute,
  title: 'Subscribe',
  submit: 'Subscribe',
  fields: [
    { name: 'plan_code', label: 'Plan', kind: 'select', required: true },
    version,
    { name: 'addons', label: 'Addons', kind: 'lines', hint: 'Codes, one a line; a code twice is two packs.' },
    { ...effectiveOn, name: 'starts_on' },
  ],
  done: ({ data }) => ({
    text: `It is on ${data.plan_code}, version ${data.plan_version}, from ${data.starts_on}.`,
  }),
});

export const changePlan = defineAction({
  name: 'change-plan',
  route: changePlanRoute,
  title: 'Change the plan',
  submit: 'Change the plan',
  fields: [
    { name: 'plan_code', label: 'Plan', kind: 'hidden' },
    { name: 'version', label: 'Version', kind: 'hidden' },
    { name: 'effective_on', label: 'From', kind: 'hidden' },
  ],
  // What was looked at before is carried in hidden fields, as text.
  body: ({ version: of, ...members }) => ({ ...members, version: wholeNumber(of) }),
  done: ({ data }) => ({ text: `It is on ${data.plan_code}, version ${data.plan_version}.` }),
});

/** What is no number is refused by the API. */
const wholeNumber = (text: unknown): unknown =>
  typeof text === 'string' && /^\d{1,9}$/.test(text) ? Number.parseInt(text, 10) : text;

export const attachAddon = defineAction({
  name: 'attach-addon',
  route: attachAddonRoute,
  title: 'Attach an addon',
  submit: 'Attach',
  fields: [
    { name: 'code', label: 'Addon', kind: 'select', required: true },
    { name: 'qty', label: 'Packs', kind: 'integer', required: true },
    effectiveOn,
  ],
  done: (_answer, { body }) => ({ text: `${String(body['code'])} is attached at its price of now.` }),
});

export const detachAddon = defineAction({
  name: 'detach-addon',
  route: detachAddonRoute,
  title: 'Detach the addon',
  submit: 'Detach',
  tone: 'danger',
  fields: [{ ...effectiveOn, inQuery: true }],
  done: (_answer, { params }) => ({ text: `Every pack of ${params['code'] ?? ''} is detached.` }),
});

export const addCharge = defineAction({
  name: 'add-charge',
  route: addChargeRoute,
  title: 'Charge once',
  submit: 'Add the charge',
  fields: [
    { name: 'description', label: 'Description', kind: 'text', required: true, empty: 'keep' },
    {
      name: 'amount_cents',
      label: 'Amount before tax',
      kind: 'money',
      required: true,
      hint: 'Below zero: a discount.',
    },
    { name: 'day', label: 'Day', kind: 'day', hint: 'Its month bills it. Today unless you say so.' },
  ],
  done: ({ data }) => ({ text: `${data.description}: ${money(data.amount_cents)} on ${data.day}.` }),
});

export const voidCharge = defineAction({
  name: 'void-charge',
  route: voidChargeRoute,
  title: 'Take the charge back',
  submit: 'Take it back',
  tone: 'danger',
  fields: [{ name: 'reason', label: 'Reason', kind: 'text', required: true, empty: 'keep' }],
  done: ({ data }) => ({ text: `${data.description} (${money(data.amount_cents)}) is taken back.` }),
});

export const tieToDeployment = defineAction({
  name: 'tie-to-deployment',
  route: tieResourceRoute,
  title: 'Tie a resource',
  submit: 'Tie it',
  fields: [
    { name: 'resource_id', label: 'Resource', kind: 'text', required: true, empty: 'keep', hint: 'Its id.' },
    {
      name: 'effective_from',
      label: 'From',
      kind: 'day',
      hint: 'Today unless you say so. The days since are metered anew.',
    },
  ],
  done: ({ data }) => ({ text: `The resource is tied from ${data.effective_from}.` }),
});

export const untieFromDeployment = defineAction({
  name: 'untie-from-deployment',
  route: untieResourceRoute,
  title: 'Untie the resource',
  submit: 'Untie it',
  tone: 'danger',
  fields: [
    {
      name: 'effective_to',
      label: 'From',
      kind: 'day',
      inQuery: true,
      hint: 'The first day without it; today unless you say so. The days since are metered anew.',
    },
  ],
  done: ({ data }) => ({ text: `The tie ends before ${data.effective_to}.` }),
});

/** What an admin does to deployments. */
export const deploymentActions = [
  createDeployment,
  updateDeployment,
  transitionDeployment,
  endDeployment,
  subscribeDeployment,
  changePlan,
  attachAddon,
  detachAddon,
  addCharge,
  voidCharge,
  tieToDeployment,
  untieFromDeployment,
];
