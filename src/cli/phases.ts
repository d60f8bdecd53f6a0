import { createProgress, type Progress, type ProgressStream } from './progress.ts';

/** Progress of work in phases, one bar, or one run of lines, each. */
export interface Phases {
  update(label: string, done: number, total: number): void;
  /** Takes a bar away. */
  end(): void;
}

/**
 * Shows `done` of `total` of a unit, with the rate and the time left, of the phase under way.
 * @param now milliseconds of a clock that never goes back
 */
export function createPhases(
  stream: ProgressStream,
  unit: string,
  now: () => number = () => performance.now(),
): Phases {
  let current: string | undefined;
  let progress: Progress | undefined;
  let startedAt = 0;
  const end = () => {
    progress?.end();
    progress = undefined;
  };
  return {
    update(label, done, total) {
      if (label !== current) {
        end();
        current = label;
        startedAt = now();
      }
      progress ??= createProgress(stream, label, now);
      progress.update(done, total, note(unit, done, total, (now() - startedAt) / 1000));
    },
    end,
  };
}

function note(unit: string, done: number, total: number, seconds: number): string {
  if (done === 0 || seconds < 1) return unit;
  const rate = done / seconds;
  const left = Math.ceil((total - done) / rate);
  const pace = `${unit}, ${Math.round(rate).toLocaleString('en')}/s`;
  if (left <= 0) return pace;
  return `${pace}, ${left < 120 ? `${left} s` : `${Math.ceil(left / 60)} min`} left`;
}
