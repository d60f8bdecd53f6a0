import {
  addOwnAddon,
  changeOwnPlan,
  chooseOwnPlan,
  endOwnDeployment,
  moveOwnDeployment,
  removeOwnAddon,
  renameDeployment,
} from '../../actions/account.ts';
import { ActionForm, useDraftOf } from '../../parts/form.tsx';
import { Disclosure, Notice } from '../../parts/notice.tsx';
import { Section } from '../../parts/page-head.tsx';
import { Money, grouped } from '../../parts/values.tsx';
import { kindName } from '../../parts/words.ts';
import { useView } from '../../view-context.ts';
import { addonName } from './deployment-plan.tsx';
import type { OwnDeployment, Prices } from './own-deployment.ts';
import { QuoteTable } from './quote-table.tsx';

interface Props {
  deployment: OwnDeployment;
  prices: Prices;
  currency: string;
}

/** The changes that a tenant may make, each with what it does to the month before its button. */
export function WhatMayBeDone({ deployment, prices, currency }: Props) {
  const { session } = useView();
  if (session === null || session.readOnly) return null;
  const { state, subscription, may_become } = deployment;
  const isOver = state === 'cancelled' || state === 'archived';
  const isHeld = subscription !== null && subscription.status !== 'cancelled';
  return (
    <Section title="What you can do">
      {(state === 'past_due' || state === 'suspended') && (
        <Notice tone="warn" title={state === 'suspended' ? 'It is suspended.' : 'A payment is overdue.'}>
          <p>
            It becomes active again once all that is overdue is paid.{' '}
            <a href="/console/account/invoices?overdue=true">See what is overdue</a>
          </p>
        </Notice>
      )}
      {!isOver && !isHeld && <Subscribe deployment={deployment} prices={prices} currency={currency} />}
      {!isOver && isHeld && <ChangePlan deployment={deployment} prices={prices} currency={currency} />}
      {!isOver && isHeld && <Addons deployment={deployment} prices={prices} currency={currency} />}
      {may_become
        .filter((to) => to !== 'archived')
        .map((to) => (
          <Move to={to} deployment={deployment} prices={prices} currency={currency} />
        ))}
      <Rename deployment={deployment} />
    </Section>
  );
}

const planOptions = (prices: Prices, without: string | null = null) =>
  prices.quotes
    .filter(({ plan }) => plan.code !== without)
    .map(({ plan, quote }) => ({
      value: plan.code,
      label: `${plan.name}, ${monthly(quote.recurring.total_cents)} a month`,
    }));

/** An amount within an option, which holds text only. */
function monthly(cents: number): string {
  const digits = String(cents).padStart(3, '0');
  return `${grouped(digits.slice(0, -2))}.${digits.slice(-2)}`;
}

function Subscribe({ deployment: { id }, prices, currency }: Props) {
  const params = { id };
  const draft = useDraftOf(chooseOwnPlan, params);
  return (
    <Disclosure summary="Choose a plan" open={draft !== null}>
      <QuoteTable quotes={prices.quotes} />
      <ActionForm action={chooseOwnPlan} params={params} options={{ plan_code: planOptions(prices) }}>
        <p>
          It counts from today. This month you pay for the days that are left, as “plan and addons in the
          first month” says; then the full month.
        </p>
        {prices.addons.length > 0 && (
          <ul>
            {prices.addons.map((addon) => (
              <li>
                <code>{addon.code}</code>: <PackOf addon={addon} currency={currency} />.
              </li>
            ))}
          </ul>
        )}
      </ActionForm>
    </Disclosure>
  );
}

/** What a pack of an addon adds, and what it costs. */
function PackOf({ addon, currency }: { addon: Prices['addons'][number]; currency: string }) {
  const { name, resource_kind, qty, price_cents } = addon;
  return (
    <>
      {name}, {grouped(qty)} more {kindName(resource_kind).toLowerCase()} for{' '}
      <Money cents={price_cents} currency={currency} /> a month and pack
    </>
  );
}

function ChangePlan({ deployment: { id, subscription }, prices }: Props) {
  const params = { id };
  const draft = useDraftOf(changeOwnPlan, params);
  const options = planOptions(prices, subscription?.plan_code ?? null);
  if (options.length === 0) return null;
  const own = prices.quotes.find(({ plan }) => plan.code === subscription?.plan_code)?.plan;
  const isOlder = own !== undefined && own.active_version !== subscription?.plan_version;
  return (
    <Disclosure summary="Change the plan" open={draft !== null}>
      <p class="muted section-note">
        Each plan with the addons of this deployment, and with its usage of this month at its pace. The first
        month is from today on.
        {isOlder && (
          <>
            {' '}
            {own.name} stands here at its prices of today. Yours are those of version{' '}
            {subscription?.plan_version} for as long as you keep the plan, and not to be had again.
          </>
        )}
      </p>
      <QuoteTable quotes={prices.quotes} />
      <ActionForm action={changeOwnPlan} params={params} options={{ plan_code: options }}>
        <p>
          Today already counts as a day of the new plan. The days before it are charged at the old one, and
          what is included goes by days in the same way. Addons stay as they are.
        </p>
      </ActionForm>
    </Disclosure>
  );
}

function Addons({ deployment: { id, subscription }, prices, currency }: Props) {
  const params = { id };
  const draft = useDraftOf(addOwnAddon, params);
  const held = [...new Set((subscription?.addons ?? []).map(({ code }) => code))];
  const first = prices.withAddons?.first_invoice;
  const restOf = (code: string): number | null =>
    first?.lines.find(({ kind, meta }) => kind === 'addon' && meta['addon_code'] === code)?.amount_cents ??
    null;
  return (
    <>
      {prices.addons.length > 0 && (
        <Disclosure summary="Add an addon" open={draft !== null}>
          <ActionForm
            action={addOwnAddon}
            params={params}
            values={{ qty: 1 }}
            options={{ code: prices.addons.map(({ code, name }) => ({ value: code, label: name })) }}
          >
            <ul>
              {prices.addons.map((addon) => (
                <li>
                  <PackOf addon={addon} currency={currency} />
                  {first !== undefined && (
                    <>
                      ; <Money cents={restOf(addon.code)} /> for the {first.days_remaining} days left of this
                      month
                    </>
                  )}
                  .
                </li>
              ))}
            </ul>
            <p>The price stays as it is now for as long as you keep the addon.</p>
          </ActionForm>
        </Disclosure>
      )}
      {held.map((code) => (
        <RemoveAddon
          id={id}
          code={code}
          name={addonName(prices.addons, code)}
          days={first?.days_remaining ?? null}
          rest={restOf(code)}
        />
      ))}
    </>
  );
}

function RemoveAddon({
  id,
  code,
  name,
  days,
  rest,
}: {
  id: string;
  code: string;
  name: string;
  days: number | null;
  rest: number | null;
}) {
  const params = { id, code };
  const draft = useDraftOf(removeOwnAddon, params);
  return (
    <Disclosure summary={`Remove ${name}`} tone="danger" open={draft !== null}>
      <ActionForm action={removeOwnAddon} params={params}>
        <p>
          Every pack of it goes from today: what it adds and what it costs counts to yesterday.
          {days !== null && rest !== null && (
            <>
              {' '}
              At today’s price the {days} days left are <Money cents={rest} /> a pack.
            </>
          )}{' '}
          To have it again later costs what it costs then.
        </p>
      </ActionForm>
    </Disclosure>
  );
}

const summaries: Readonly<Partial<Record<OwnDeployment['state'], string>>> = {
  active: 'Make it active',
  paused: 'Pause it',
  cancelled: 'End it',
};

function Move({ to, deployment, prices, currency }: Props & { to: OwnDeployment['state'] }) {
  const params = { id: deployment.id };
  const action = to === 'cancelled' ? endOwnDeployment : moveOwnDeployment;
  const draft = useDraftOf(action, params);
  const isDrawn = draft !== null && draft.typed['to'] === to;
  return (
    <Disclosure summary={summaries[to] ?? to} tone={to === 'cancelled' ? 'danger' : 'normal'} open={isDrawn}>
      <ActionForm action={action} params={params} values={{ to }}>
        <Consequences to={to} deployment={deployment} prices={prices} currency={currency} />
      </ActionForm>
    </Disclosure>
  );
}

function Consequences({ to, deployment, prices, currency }: Props & { to: OwnDeployment['state'] }) {
  const { held } = prices;
  const rest =
    held === null || deployment.subscription === null ? null : (
      <>
        <Money cents={held.first_invoice.total_cents} currency={currency} /> for the{' '}
        {held.first_invoice.days_remaining} days left of this month, before tax
      </>
    );
  switch (to) {
    case 'active':
      return <p>It is billed from today{rest !== null && <>: plan and addons are {rest}</>}.</p>;
    case 'paused':
      return (
        <p>
          From today it is not billed, and what it uses is not either
          {rest !== null && <>: plan and addons of {rest}, fall away</>}. You can make it active again at any
          time.
        </p>
      );
    default:
      return (
        <>
          <p>
            It ends today and can’t be taken up again
            {rest !== null && <>: plan and addons of {rest}, fall away</>}. The days of this month before
            today are on its last invoice.
          </p>
          <p>Open invoices stay to be paid. The short name {deployment.slug} stays taken.</p>
        </>
      );
  }
}

function Rename({ deployment: { id, display_name } }: { deployment: OwnDeployment }) {
  const params = { id };
  const draft = useDraftOf(renameDeployment, params);
  return (
    <Disclosure summary="Change the name" open={draft !== null}>
      <ActionForm action={renameDeployment} params={params} values={{ display_name }} />
    </Disclosure>
  );
}
