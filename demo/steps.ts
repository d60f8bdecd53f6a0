import { createProgress, type ProgressStream } from '../src/cli/progress.ts';
import type { Style } from './text.ts';

/** How a step reports that it has come so far. */
type Report = (done: number, total: number, note?: string) => void;

/** What a step came to: a few words for the reader, and what later steps need. */
export interface Outcome<Kept> {
  said: string;
  kept: Kept;
}

/** The outcome of a step that later ones need nothing of. */
export const said = (text: string): Outcome<undefined> => ({ said: text, kept: undefined });

/** Runs the demo's steps one after the other and shows how each goes. */
export interface DemoSteps {
  /** Runs one step: a bar while it runs, a line when it is done. Answers what it kept. */
  run<Kept>(title: string, work: (progress: Report) => Promise<Outcome<Kept>>): Promise<Kept>;
}

/** @param stream where to show it, a terminal or not */
export function createSteps(stream: ProgressStream, style: Style): DemoSteps {
  return {
    async run(title, work) {
      const heading = title.padEnd(40);
      const start = performance.now();
      const progress = createProgress(stream, `  · ${heading}`);
      try {
        const outcome = await work((done, total, note) => {
          progress.update(done, total, note);
        });
        progress.end();
        const seconds = ((performance.now() - start) / 1000).toFixed(1).padStart(5);
        stream.write(`  ${style.good('✓')} ${heading} ${style.dim(`${seconds} s`)}  ${outcome.said}\n`);
        return outcome.kept;
      } catch (error) {
        progress.end();
        stream.write(`  ${style.bad('✗')} ${heading}\n`);
        throw error;
      }
    },
  };
}
