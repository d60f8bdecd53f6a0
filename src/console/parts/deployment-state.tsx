import type { Tone } from './values.tsx';
import { Chip } from './values.tsx';
import { plainWords } from './words.ts';

const tones: Readonly<Record<string, Tone>> = {
  trial: 'info',
  active: 'good',
  past_due: 'warn',
  paused: 'plain',
  suspended: 'bad',
  cancelled: 'plain',
  archived: 'plain',
};

/** The state of a deployment or of its subscription. */
export function DeploymentState({ state }: { state: string }) {
  return <Chip tone={tones[state] ?? 'plain'}>{plainWords(state)}</Chip>;
}
