/** Commands of an admin on 20 May 2026 that are dated back; the tenant's first day is 1 May. */
import type { DeploymentEvent } from '../../../src/events/deployments.ts';
import { execution } from './command-spec.ts';
import { attached } from './deployment-events.ts';

const now = '2026-05-20T12:00:00.000Z';
export const later = execution({ now });
export const bounds = { invoices: [], first_day: '2026-05-01' };
export const mayInvoice = { invoice_id: 'i1', period_start: '2026-05-01', period_end: '2026-05-31' };

/** An event with its day, where that is not the one of recording. */
export const on = (effective_on: string, event: DeploymentEvent): DeploymentEvent =>
  ({
    ...event,
    data: { ...event.data, effective_on },
    ...(effective_on === later.today ? {} : { effective_at: effective_on }),
  }) as DeploymentEvent;

/** Packs that were attached on a day. */
export const attachedOn = (effective_on: string, attachment_id: string, packs = 1): DeploymentEvent =>
  on(effective_on, attached({ attachment_id, packs }));
