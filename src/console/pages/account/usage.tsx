import type { z } from 'zod';
import type { usageDaysRoute } from '../../../http/routes/usage-days.ts';
import type { usageForecastRoute } from '../../../http/routes/usage-forecast.ts';
import { daysFrom, lastDay } from '../../../pricing/calendar.ts';
import { canonicalDecimal, roundDecimal } from '../../../pricing/decimals.ts';
import { Bars, Share } from '../../parts/charts.tsx';
import { Notice } from '../../parts/notice.tsx';
import { Section } from '../../parts/page-head.tsx';
import { Facts, grouped, Money, Quantity } from '../../parts/values.tsx';
import { kindName, kindUnit, plainWords } from '../../parts/words.ts';

type Deployment = z.output<typeof usageDaysRoute.response>['data'][number];
type Kind = Deployment['kinds'][number];
type Forecast = z.output<typeof usageForecastRoute.response>['data']['deployments'][number];
type Pace = Forecast['kinds'][number];

/** What one deployment used in a month: each kind against its allowance, day by day. */
export function UsageOfDeployment({
  deployment,
  period,
  today,
  forecast,
  inPage = false,
}: {
  deployment: Deployment;
  period: string;
  today: string;
  forecast: Forecast | undefined;
  /** On the page of the deployment itself. */
  inPage?: boolean;
}) {
  const { deployment_id, display_name, kinds, status } = deployment;
  const shown = kinds.filter(({ days, used_qty }) => days.length > 0 || used_qty !== '0');
  const rest = kinds.filter((kind) => !shown.includes(kind));
  const notInForce = status.filter(({ reason }) => reason !== null);
  return (
    <Section
      title={inPage ? 'Usage this month' : display_name}
      id={`usage-${deployment_id}`}
      tools={
        inPage ? undefined : (
          <a href={`/console/account/deployments/${deployment_id}`}>
            Open<span class="sr"> {display_name}</span>
          </a>
        )
      }
    >
      {notInForce.length > 0 && (
        <Notice>
          {notInForce.map(({ from, to, reason }) => (
            <p>
              {from === to ? from : `${from} to ${to}`}: not billed ({plainWords(reason ?? '')}).
            </p>
          ))}
        </Notice>
      )}
      {shown.length === 0 && <p class="muted">Nothing was used this month.</p>}
      <div class="usage-kinds">
        {shown.map((kind) => (
          <UsageOfKind
            kind={kind}
            period={period}
            today={today}
            pace={forecast?.kinds.find(({ resource_kind }) => resource_kind === kind.resource_kind)}
          />
        ))}
      </div>
      {rest.length > 0 && (
        <p class="muted section-rest">
          Not used:{' '}
          {rest
            .map(
              ({ resource_kind, allowance_qty }) =>
                `${kindName(resource_kind)} (${grouped(shortQty(allowance_qty))} included)`,
            )
            .join(', ')}
          .
        </p>
      )}
    </Section>
  );
}

function UsageOfKind({
  kind,
  period,
  today,
  pace,
}: {
  kind: Kind;
  period: string;
  today: string;
  pace: Pace | undefined;
}) {
  const { resource_kind, used_qty, allowance_qty, hard_cap_qty, days } = kind;
  const byDay = new Map(days.map(({ day, qty }) => [day, qty]));
  const end = lastDay(period) < today ? lastDay(period) : today;
  const bars = (end < period ? [] : daysFrom(period, end)).map((day) => {
    const qty = byDay.get(day) ?? '0';
    return { label: day, value: drawn(qty), text: grouped(qty) };
  });
  const unit = kindUnit(resource_kind);
  return (
    <div class="usage-kind">
      <h3>{kindName(resource_kind)}</h3>
      <Facts
        items={[
          [
            'Used of what is included',
            <>
              <Quantity value={shortQty(used_qty)} /> of{' '}
              <Quantity value={shortQty(allowance_qty)} unit={unit} />{' '}
              <Share value={drawn(used_qty)} of={drawn(allowance_qty)} />
            </>,
          ],
          ...(hard_cap_qty === null
            ? []
            : [['Most that is charged beyond', <Quantity value={hard_cap_qty} unit={unit} />] as const]),
          ...(pace === undefined
            ? []
            : [
                [
                  'By the end of the month',
                  <Quantity value={shortQty(pace.forecast.so_far_qty)} unit={unit} />,
                ] as const,
                ['Beyond allowance then', <Money cents={pace.forecast.so_far_overage_cents} />] as const,
              ]),
        ]}
      />
      <Bars title={`${kindName(resource_kind)} by day`} unit={unit} bars={bars} />
    </div>
  );
}

/** A quantity at two places, as the API's sums of usage are shown. */
const shortQty = <Qty extends string | null>(qty: Qty): string | Qty =>
  qty?.includes('.') === true ? canonicalDecimal(roundDecimal(qty, 2)) : qty;

/** A quantity as a length. It is drawn only: the text beside it is the exact decimal. */
const drawn = (qty: string): number => Number(qty);
