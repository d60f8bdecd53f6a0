import { money } from '../../../pricing/amount-text.ts';
import { endDeployment, transitionDeployment, updateDeployment } from '../../actions/deployments.ts';
import { ActionForm, useDraftOf } from '../../parts/form.tsx';
import { Disclosure } from '../../parts/notice.tsx';
import { Section } from '../../parts/page-head.tsx';
import { useView } from '../../view-context.ts';
import type { Deployment, Forecast } from './overview.tsx';
import { plainWords } from '../../parts/words.ts';

type State = Deployment['state'];

const verbs: Readonly<Record<State, string>> = {
  trial: 'Put on trial',
  active: 'Activate',
  past_due: 'Mark as past due',
  paused: 'Pause',
  suspended: 'Suspend',
  cancelled: 'Cancel',
  archived: 'Archive',
};

/** What a move does, in words and in the figures of the running month. */
function consequences(from: State, to: State, forecast: Forecast): string {
  const [month] = forecast.deployments;
  const soFar = month === undefined ? '0.00' : `${money(month.total_cents)} ${forecast.currency}`;
  switch (to) {
    case 'paused':
      return (
        'Its subscription is paused with it: from that day on no day is charged and no usage is billed, ' +
        `while its resources go on to cost. This month comes to ${soFar} so far; the days left fall away.`
      );
    case 'cancelled':
      return (
        'Its subscription ends with it, for ever: the month is charged up to that day. This month comes to ' +
        `${soFar} so far. Only archiving is possible afterwards.`
      );
    case 'archived':
      return 'It leaves the lists of what runs. It can never come back, and its slug stays taken.';
    case 'suspended':
      return `Its subscription stays in force: this month, ${soFar} so far, goes on to be billed.`;
    case 'past_due':
      return `It shows that payment is late. Its subscription stays in force and billed: ${soFar} so far.`;
    case 'active':
      if (from === 'trial') return 'The trial ends: from that day on its subscription is billed.';
      return from === 'paused'
        ? 'Its subscription is resumed: from that day on its days are charged and its usage is billed.'
        : `It runs as before; its subscription stayed in force, ${soFar} this month so far.`;
    case 'trial':
      return '';
  }
}

/** Moves to the states that are allowed, each with its consequences. */
export function Moves({ deployment, forecast }: { deployment: Deployment; forecast: Forecast }) {
  const { session } = useView();
  if (session?.readOnly !== false || deployment.may_become.length === 0) return null;
  return (
    <Section title="Move it">
      {deployment.may_become.map((to) => (
        <Move deployment={deployment} to={to} forecast={forecast} />
      ))}
    </Section>
  );
}

function Move({ deployment, to, forecast }: { deployment: Deployment; to: State; forecast: Forecast }) {
  const isEnd = to === 'cancelled' || to === 'archived';
  const action = isEnd ? endDeployment : transitionDeployment;
  const params = { id: deployment.id };
  const draft = useDraftOf(action, params);
  return (
    <Disclosure summary={`${verbs[to]}…`} tone={isEnd ? 'danger' : 'normal'} open={draft?.typed['to'] === to}>
      <ActionForm action={action} params={params} values={{ to }} submit={verbs[to]}>
        <p>
          From {plainWords(deployment.state)} to {plainWords(to)}.{' '}
          {consequences(deployment.state, to, forecast)}
        </p>
      </ActionForm>
    </Disclosure>
  );
}

/** Its name, its LLM mode, and whether automatic billing actions apply. */
export function Settings({ deployment }: { deployment: Deployment }) {
  const params = { id: deployment.id };
  const draft = useDraftOf(updateDeployment, params);
  const { session } = useView();
  if (session?.readOnly !== false) return null;
  return (
    <Section title="Settings">
      <Disclosure summary="Change the settings…" open={draft !== null}>
        <ActionForm
          action={updateDeployment}
          params={params}
          values={{
            display_name: deployment.display_name,
            llm_mode: deployment.llm_mode,
            billing_action_suspended: deployment.billing_action_suspended,
          }}
        >
          <p>
            With the mode allowance the tokens of the LLM gateway count against what the plan includes, from
            that day on; in the other modes its charges are billed. Without automatic billing actions it is
            neither suspended for overdue invoices nor at the end of its trial.
          </p>
        </ActionForm>
      </Disclosure>
    </Section>
  );
}
