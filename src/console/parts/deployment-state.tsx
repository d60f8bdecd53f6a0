import type { Tone } from './values.tsx';
import { Chip } from './values.tsx';

const tones: Readonly<Record<string, Tone>> = {
  trial: 'info',
  active: 'good',
  past_due: 'warn',
  paused: 'plain',
  suspended: 'bad',
  cancelled: 'plain',
  archived: 'plain',
};

/** A state's name in words: `past_due` is `past due`. */
export const stateName = (state: string): string => state.replaceAll('_', ' ');

/** The state of a deployment or of its subscription. */
export function DeploymentState({ state }: { state: string }) {
  return <Chip tone={tones[state] ?? 'plain'}>{stateName(state)}</Chip>;
}
