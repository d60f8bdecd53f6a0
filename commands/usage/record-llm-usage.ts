import type { z } from 'zod';
import { defineCommand } from '../../src/engine/command.ts';
import { llmEvents, type LlmEvent } from '../../src/events/usage.ts';
import { canonicalDecimal } from '../../src/pricing/money.ts';
import { llmRequest, llmStream } from './llm-request.ts';
import { answerOfReport } from './report.ts';

/** The gateway's report of one request, with the deployment's tenant; `occurred_at` with milliseconds. */
export const recordLlmUsageInput = llmEvents.LlmUsageRecorded;
export type RecordLlmUsageInput = z.output<typeof recordLlmUsageInput>;

const canonical = (input: RecordLlmUsageInput): RecordLlmUsageInput => ({ ...input, charge_cents: canonicalDecimal(input.charge_cents) });

/**
 * Records one request to the LLM gateway (spec 10). An id that is known adds nothing: the result tells whether what is
 * recorded is what the input says.
 */
export const recordLlmUsage = defineCommand({
  name: 'usage.record-llm-usage',
  aggregate: llmRequest,
  assumesNew: true,
  stream: (input: RecordLlmUsageInput) => llmStream(input.gateway_request_id),
  decide(state, input, _context: undefined): LlmEvent[] {
    return state === null ? [{ type: 'LlmUsageRecorded', data: canonical(input) }] : [];
  },
  result: (state, input) => answerOfReport(state, canonical(input)),
});
