import { defineCommand } from '../../src/ledger/command.ts';
import { refuse, type Refusal } from '../../src/ledger/refusal.ts';
import type { LlmEvent } from '../../src/events/usage.ts';
import { llmRequest, llmStream } from './llm-request.ts';

export interface VoidLlmUsage {
  gateway_request_id: string;
  reason: string;
}

/**
 * Takes the report of a request to the LLM gateway back (spec 10). Once more adds nothing: the first reason
 * stays.
 */
export const voidLlmUsage = defineCommand({
  name: 'void-llm-usage',
  aggregate: llmRequest,
  stream: (input: VoidLlmUsage) => llmStream(input.gateway_request_id),
  decide(state, { gateway_request_id, reason }, _context: undefined): LlmEvent[] | Refusal {
    if (state === null)
      return refuse('not-found', `no charge of gateway request ${gateway_request_id} is recorded`);
    if (state.void_reason !== null) return [];
    const { deployment_id, tenant_id, occurred_at } = state.report;
    const day = occurred_at.slice(0, 10);
    return [{ type: 'LlmUsageVoided', data: { gateway_request_id, deployment_id, tenant_id, day, reason } }];
  },
  result: (state) => state,
});
