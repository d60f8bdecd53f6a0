import type { DemoSteps } from '../../../demo/steps.ts';

/** The steps of the demo, without a word. */
export const silentSteps: DemoSteps = { run: async (_title, work) => (await work(() => undefined)).kept };
