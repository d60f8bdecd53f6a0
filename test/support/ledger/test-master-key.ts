import { givenMasterKey } from '../../../src/personal/master-key.ts';

/** The master key of personal data in tests. */
export const testMasterKey = givenMasterKey(Buffer.alloc(32, 'arcadia'));
