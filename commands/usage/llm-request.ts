import type { Aggregate } from '../../src/ledger/command.ts';
import { idFrom } from '../../src/ledger/ids.ts';
import type { LlmEvent } from '../../src/events/usage.ts';
import type { ReportState } from './report.ts';

/** The stream of one request to the LLM gateway: its id is never used again. */
export const llmStream = (gatewayRequestId: string): string => `llm-${idFrom('llm', gatewayRequestId)}`;

/** The gateway's report of one request, with the deployment's tenant; `occurred_at` with milliseconds. */
export type LlmReport = Extract<LlmEvent, { type: 'LlmUsageRecorded' }>['data'];

export const llmRequest: Aggregate<ReportState<LlmReport>, LlmEvent> = {
  name: 'llm-request',
  initialState: null,
  evolve(state, event): ReportState<LlmReport> {
    switch (event.type) {
      case 'LlmUsageRecorded':
        return { report: event.data, void_reason: null };
      case 'LlmUsageVoided':
        return state === null ? null : { ...state, void_reason: event.data.reason };
    }
  },
};
