import { recordArComparison } from '../../../commands/deliveries/record-ar-comparison.ts';
import { recordArPush } from '../../../commands/deliveries/record-ar-push.ts';
import type { FinanceArEvent } from '../../../src/events/documents.ts';
import { given } from '../../support/commands/command-spec.ts';

const now = '2026-05-01T00:00:00.000Z';
const push = {
  external_id: 'i1',
  kind: 'invoice' as const,
  tenant_id: 'acme',
  content_hash: 'h1',
  action: 'created',
  finance_id: 'fin-1',
};
const pushed = (changes: object = {}): FinanceArEvent => ({
  type: 'ArDocumentPushed',
  data: { ...push, pushed_at: now, ...changes },
});
const comparison = { external_id: 'i1', content_hash: 'h1', differences: [] };
const compared = (differences: { field: string; ours: number; theirs: number }[] = []): FinanceArEvent => ({
  type: 'ArDocumentCompared',
  data: { ...comparison, tenant_id: 'acme', differences, compared_at: now },
});

describe('record-ar-push', () => {
  it('records each content once', () => {
    given(recordArPush).when(push, undefined).then([pushed()]);
    given(recordArPush, [pushed()]).when(push, undefined).then([]);
    const changed = { ...push, content_hash: 'h2', action: 'updated' };
    given(recordArPush, [pushed()])
      .when(changed, undefined)
      .then([pushed({ content_hash: 'h2', action: 'updated' })]);
  });
});

describe('record-ar-comparison', () => {
  const differences = [{ field: 'gross_minor', ours: 7064, theirs: 7063 }];

  it('records a result, and another one', () => {
    given(recordArComparison, [pushed()]).when(comparison, undefined).then([compared()]);
    given(recordArComparison, [pushed(), compared()])
      .when({ ...comparison, differences }, undefined)
      .then([compared(differences)]);
    given(recordArComparison, [pushed(), compared(), pushed({ content_hash: 'h2' })])
      .when({ ...comparison, content_hash: 'h2' }, undefined)
      .then([
        {
          type: 'ArDocumentCompared',
          data: { ...comparison, content_hash: 'h2', tenant_id: 'acme', differences: [], compared_at: now },
        },
      ]);
  });

  it('adds nothing for content that was pushed again meanwhile, and refuses what was never pushed', () => {
    given(recordArComparison, [pushed(), pushed({ content_hash: 'h2' })])
      .when({ ...comparison, differences }, undefined)
      .then([]);
    given(recordArComparison).when(comparison, undefined).refused('not-found');
  });
});
