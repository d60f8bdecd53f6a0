import { createPlanRoute, defineAddonRoute, draftRoute, publishRoute } from '../../http/routes/catalog.ts';
import { putMeteringConfigRoute } from '../../http/routes/metering-config.ts';
import { setPriceRoute } from '../../http/routes/resource-prices.ts';
import { defineTemplateRoute } from '../../http/routes/templates.ts';
import { llmModeNames } from '../../pricing/llm-modes.ts';
import { defineAction } from '../action.ts';
import type { ValueField } from '../field.ts';

const planPath = (code: unknown): string => `/console/catalog/plans/${encodeURIComponent(String(code))}`;

const codeField: ValueField = {
  name: 'code',
  label: 'Code',
  kind: 'text',
  required: true,
  hint: 'Short, without spaces. It never changes.',
};
const nameField: ValueField = { name: 'name', label: 'Name', kind: 'text', required: true };
const kindField: ValueField = {
  name: 'resource_kind',
  label: 'Billing kind',
  kind: 'text',
  required: true,
  placeholder: 'droplet_hours',
};

/** Creates a plan without versions. */
export const createPlan = defineAction({
  name: 'create-plan',
  route: createPlanRoute,
  title: 'New plan',
  submit: 'Create the plan',
  fields: [codeField, nameField],
  done: ({ data }) => ({ text: `Plan ${data.code} was created. Draft its terms.`, to: planPath(data.code) }),
});

/** Drafts the next version of a plan. */
export const draftVersion = defineAction({
  name: 'draft-version',
  route: draftRoute,
  title: 'Draft a version',
  submit: 'Draft the version',
  fields: [
    { name: 'base_price_cents', label: 'Base price a month', kind: 'money', required: true },
    {
      name: 'items',
      label: 'What is included, and what comes on top',
      kind: 'rows',
      blank: 2,
      hint: 'Clear a row to leave its kind out. Without a cap all that is used is billed.',
      fields: [
        kindField,
        { name: 'included_qty', label: 'Included', kind: 'decimal', required: true },
        { name: 'overage_price_cents', label: 'A unit more', kind: 'money', required: true },
        { name: 'overage_unit', label: 'Unit', kind: 'text', required: true, placeholder: 'hour' },
        { name: 'hard_cap_qty', label: 'Most on top', kind: 'decimal' },
      ],
    },
  ],
  done: ({ data }) => ({
    text: `Version ${data.version} is a draft. No subscription gets it before it is published.`,
    to: planPath(data.plan_code),
  }),
});

/** Puts a draft on sale. */
export const publishVersion = defineAction({
  name: 'publish-version',
  route: publishRoute,
  title: 'Publish',
  submit: 'Publish',
  tone: 'danger',
  fields: [],
  done: ({ data }) => ({ text: `Version ${data.version} of ${data.plan_code} is on sale.` }),
});

/** Defines an addon, or other terms of one. */
export const defineAddon = defineAction({
  name: 'define-addon',
  route: defineAddonRoute,
  title: 'Define an addon',
  submit: 'Save the addon',
  fields: [
    codeField,
    nameField,
    kindField,
    { name: 'qty', label: 'Quantity of a pack', kind: 'decimal', required: true },
    { name: 'price_cents', label: 'Price of a pack a month', kind: 'money', required: true },
  ],
  done: ({ data }) => ({ text: `Addon ${data.code} has these terms for new attachments.` }),
});

/** Defines a version of a template. */
export const defineTemplate = defineAction({
  name: 'define-template',
  route: defineTemplateRoute,
  title: 'Define a version of a template',
  submit: 'Save the version',
  fields: [
    codeField,
    { name: 'version', label: 'Version', kind: 'text', required: true, hint: 'A version never changes.' },
    { name: 'plan_code', label: 'Plan', kind: 'select', required: true },
    {
      name: 'addons',
      label: 'Addons',
      kind: 'lines',
      hint: 'A code a line; a repeated one is another pack.',
    },
    {
      name: 'llm_mode',
      label: 'LLM mode',
      kind: 'select',
      options: llmModeNames.map((value) => ({ value, label: value })),
    },
    {
      name: 'specs',
      label: 'Resources that are wanted',
      kind: 'rows',
      blank: 3,
      fields: [
        { name: 'kind', label: 'Kind', kind: 'text', required: true, placeholder: 'droplet' },
        { name: 'size_slug', label: 'Size', kind: 'text', empty: 'null', hint: 'Empty: any.' },
        { name: 'region', label: 'Region', kind: 'text', empty: 'null', hint: 'Empty: any.' },
        { name: 'count', label: 'How many', kind: 'integer', required: true },
      ],
    },
  ],
  done: ({ data }) => ({ text: `Version ${data.version} of template ${data.code} is there.` }),
});

/** Sets the price of a kind that plans do not cover. */
export const setResourcePrice = defineAction({
  name: 'set-resource-price',
  route: setPriceRoute,
  title: 'Set a price',
  submit: 'Set the price',
  fields: [
    kindField,
    { name: 'price_cents', label: 'Price of a unit', kind: 'money', required: true },
    { name: 'unit', label: 'Unit', kind: 'text', required: true, placeholder: 'gb' },
    { name: 'effective_from', label: 'From', kind: 'day', hint: 'Empty: today.' },
  ],
  done: ({ data }) => ({
    text: `A ${data.unit} of ${data.resource_kind} has its new price from ${data.effective_from}.`,
  }),
});

/** Changes how a kind is metered. */
export const configureMetering = defineAction({
  name: 'configure-metering',
  route: putMeteringConfigRoute,
  title: 'Change',
  submit: 'Change',
  fields: [
    {
      name: 'granularity',
      label: 'One record for each',
      kind: 'select',
      options: ['day', 'hour'].map((value) => ({ value, label: value })),
    },
    {
      name: 'retention_days',
      label: 'Days to keep',
      kind: 'integer',
      empty: 'null',
      hint: 'Empty: for ever. Kept for information: nothing is purged.',
    },
  ],
  done: ({ data }) => ({
    text: `${data.resource_kind} is metered by ${data.granularity} from the next run on.`,
  }),
});

/** What changes the catalog. */
export const catalogActions = [
  createPlan,
  draftVersion,
  publishVersion,
  defineAddon,
  defineTemplate,
  setResourcePrice,
  configureMetering,
];
