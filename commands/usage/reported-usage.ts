import type { Aggregate } from '../../src/ledger/command.ts';
import { idFrom } from '../../src/ledger/ids.ts';
import type { ReportedUsageEvent } from '../../src/events/usage.ts';
import type { ReportState } from './report.ts';

/** The name of a report: its reporter, and the reporter's id of it. It is never used again. */
export interface ReportName {
  source: string;
  external_id: string;
}

/** The stream of one report of usage. */
export const reportedUsageStream = ({ source, external_id }: ReportName): string =>
  `reported-usage-${idFrom('reported-usage', source, external_id)}`;

/** A report's content, with the deployment's tenant. */
export type UsageReport = Extract<ReportedUsageEvent, { type: 'UsageReported' }>['data'];

export const reportedUsage: Aggregate<ReportState<UsageReport>, ReportedUsageEvent> = {
  name: 'reported-usage',
  initialState: null,
  evolve(state, event): ReportState<UsageReport> {
    switch (event.type) {
      case 'UsageReported':
        return { report: event.data, void_reason: null };
      case 'ReportedUsageVoided':
        return state === null ? null : { ...state, void_reason: event.data.reason };
    }
  },
};
