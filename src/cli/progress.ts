import { visibleLine } from './visible.ts';

/** Where progress is shown: stderr or stdout, a terminal or not. */
export interface ProgressStream {
  isTTY?: boolean;
  columns?: number;
  write(text: string): unknown;
}

/** Progress of one piece of work. */
export interface Progress {
  /** `done` of `total` steps. */
  update(done: number, total: number, note?: string): void;
  /** Takes a bar away, so that what comes next starts on a clean line. */
  end(): void;
}

const barWidth = 28;
/** Work of fewer steps has no lines where there is no terminal: its result is enough. */
const fewSteps = 20;
/** A terminal is redrawn at most so often. */
const redrawMs = 60;

/** A bar in a terminal; elsewhere a line at each tenth of the way. */
export function createProgress(
  stream: ProgressStream,
  label: string,
  now: () => number = () => performance.now(),
): Progress {
  return stream.isTTY === true ? bar(stream, label, now) : lines(stream, label);
}

function counted(done: number, total: number, note: string | undefined): string {
  const width = String(total).length;
  const shownNote = note === undefined || note === '' ? '' : `  ${visibleLine(note)}`;
  return `${String(done).padStart(width)}/${total}${shownNote}`;
}

function bar(stream: ProgressStream, label: string, now: () => number): Progress {
  let drawnAt = Number.NEGATIVE_INFINITY;
  let drawn = false;
  return {
    update(done, total, note) {
      const time = now();
      if (done < total && time - drawnAt < redrawMs) return;
      drawnAt = time;
      drawn = true;
      const filled = total > 0 ? Math.floor((barWidth * Math.min(done, total)) / total) : 0;
      const drawnBar = '█'.repeat(filled) + '░'.repeat(barWidth - filled);
      const text = `${label} ${drawnBar} ${counted(done, total, note)}`;
      // A line that wraps could not be redrawn.
      stream.write(`\r\x1b[2K${text.slice(0, (stream.columns ?? 80) - 1)}`);
    },
    end() {
      if (drawn) stream.write('\r\x1b[2K');
      drawn = false;
    },
  };
}

function lines(stream: ProgressStream, label: string): Progress {
  let shownTenths = 0;
  return {
    update(done, total, note) {
      const tenths = total > 0 ? Math.floor((done * 10) / total) : 0;
      if (tenths <= shownTenths || total < fewSteps) return;
      shownTenths = tenths;
      stream.write(`${label} ${counted(done, total, note)}\n`);
    },
    end() {},
  };
}
