import {
  attachAddonRoute,
  changePlanRoute,
  detachAddonRoute,
  subscribeRoute,
} from '../../http/routes/subscriptions.ts';
import {
  createDeploymentRoute,
  transitionRoute,
  updateDeploymentRoute,
} from '../../http/routes/deployments.ts';
import { plainWords } from '../parts/words.ts';
import { defineAction } from '../action.ts';

const reason = {
  name: 'reason',
  label: 'Reason',
  kind: 'text',
  empty: 'null',
  hint: 'Kept with the change.',
} as const;

export const createOwnDeployment = defineAction({
  name: 'account-create-deployment',
  route: createDeploymentRoute,
  title: 'New deployment',
  submit: 'Create',
  fields: [
    { name: 'display_name', label: 'Name', kind: 'text', required: true, empty: 'keep' },
    {
      name: 'slug',
      label: 'Short name',
      kind: 'text',
      required: true,
      empty: 'keep',
      hint: 'Lower-case letters, digits and hyphens. It stays taken for ever.',
    },
    { name: 'region', label: 'Region', kind: 'text', empty: 'null' },
    {
      name: 'state',
      label: 'Begins',
      kind: 'select',
      options: [
        { value: 'active', label: 'at once' },
        { value: 'trial', label: 'as a trial, which is not billed' },
      ],
    },
  ],
  done: ({ data }) => ({
    text: `${data.display_name} is there. Choose its plan next.`,
    to: `/console/account/deployments/${data.id}`,
  }),
});

export const renameDeployment = defineAction({
  name: 'account-rename-deployment',
  route: updateDeploymentRoute,
  title: 'Name',
  submit: 'Save the name',
  fields: [{ name: 'display_name', label: 'Name', kind: 'text', required: true, empty: 'keep' }],
  done: ({ data }) => ({ text: `It is called ${data.display_name} now.` }),
});

export const moveOwnDeployment = defineAction({
  name: 'account-move-deployment',
  route: transitionRoute,
  title: 'Pause, go on or end',
  submit: 'Confirm',
  fields: [{ name: 'to', label: 'To', kind: 'hidden' }, reason],
  done: ({ data }) => ({ text: `${data.display_name} is ${plainWords(data.state)} from today.` }),
});

export const endOwnDeployment = defineAction({
  name: 'account-end-deployment',
  route: transitionRoute,
  title: 'End the deployment',
  submit: 'End it from today',
  tone: 'danger',
  fields: [{ name: 'to', label: 'To', kind: 'hidden' }, reason],
  done: ({ data }) => ({ text: `${data.display_name} has ended. Its last invoice follows with the month.` }),
});

export const chooseOwnPlan = defineAction({
  name: 'account-subscribe',
  route: subscribeRoute,
  title: 'Choose a plan',
  submit: 'Subscribe from today',
  fields: [
    { name: 'plan_code', label: 'Plan', kind: 'select', required: true },
    {
      name: 'addons',
      label: 'Addons',
      kind: 'lines',
      hint: 'Codes of those below, one a line; a code twice is two packs.',
    },
  ],
  done: ({ data }) => ({ text: `It is on ${data.plan_code} from ${data.starts_on}.` }),
});

export const changeOwnPlan = defineAction({
  name: 'account-change-plan',
  route: changePlanRoute,
  title: 'Change the plan',
  submit: 'Change from today',
  fields: [{ name: 'plan_code', label: 'New plan', kind: 'select', required: true }],
  done: ({ data }) => ({ text: `It is on ${data.plan_code} from today.` }),
});

export const addOwnAddon = defineAction({
  name: 'account-attach-addon',
  route: attachAddonRoute,
  title: 'Add an addon',
  submit: 'Add from today',
  fields: [
    { name: 'code', label: 'Addon', kind: 'select', required: true },
    { name: 'qty', label: 'Packs', kind: 'integer', required: true },
  ],
  done: () => ({ text: 'The addon is there from today.' }),
});

export const removeOwnAddon = defineAction({
  name: 'account-detach-addon',
  route: detachAddonRoute,
  title: 'Remove the addon',
  submit: 'Remove from today',
  tone: 'danger',
  fields: [],
  done: () => ({ text: 'The addon is removed from today.' }),
});

/** What a tenant may do by itself. */
export const accountActions = [
  createOwnDeployment,
  renameDeployment,
  moveOwnDeployment,
  endOwnDeployment,
  chooseOwnPlan,
  changeOwnPlan,
  addOwnAddon,
  removeOwnAddon,
];
