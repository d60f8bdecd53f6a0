import { issueCorrection } from '../../../../commands/invoicing/issue-correction.ts';
import { given } from '../../../support/commands/command-spec.ts';
import {
  correcting,
  forgiven,
  inJune,
  note,
  noted,
  reviewed,
} from '../../../support/commands/correction-events.ts';
import { issued } from '../../../support/commands/invoice-events.ts';

describe('issue-correction', () => {
  it('adds nothing on an invoice that has moved on since the note was computed', () => {
    for (const since of [noted(1, note(500)), forgiven(1, note(-100)), reviewed(), issued(2)])
      given(issueCorrection, [issued(), since]).when(correcting(), undefined, inJune).then([]);
  });
});
