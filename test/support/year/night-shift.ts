/** The process that works by night, as the test sees it: ordered, killed at any moment, started again. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { argumentsFor } from '../cli/child.ts';
import type { Night, NightNews, NightOrder, NightsLife } from './nights-life.ts';

const program = 'test/support/year/nights-child.ts';

/** When a night is broken off: so many milliseconds after so many steps. */
export interface KillMoment {
  steps: number;
  ms: number;
}

/** Works nights in one process after the other. */
export class NightShift {
  /** What was under way at each kill: the last step. */
  readonly killedAfter: string[] = [];
  private readonly life: Omit<NightsLife, 'now'>;
  private child: Promise<ChildProcess> | null = null;

  constructor(life: Omit<NightsLife, 'now'>) {
    this.life = life;
  }

  /** Works the night that a day begins with. */
  async work(day: string): Promise<Night> {
    const night = await this.order(day);
    if (night === null) throw new Error(`the night of ${day} was broken off`);
    return night;
  }

  /**
   * Works a night and kills the process in the middle of it.
   * @returns null; the night, when it was over before
   */
  async workAndKill(day: string, moment: KillMoment): Promise<Night | null> {
    return this.order(day, moment);
  }

  async close(): Promise<void> {
    await this.kill();
  }

  /** Starts the process, if none runs. @param day where its clock stands */
  private start(day: string): Promise<ChildProcess> {
    this.child ??= this.spawn(day);
    return this.child;
  }

  private async spawn(day: string): Promise<ChildProcess> {
    const life: NightsLife = { ...this.life, now: `${day}T00:20:00.000Z` };
    const child = spawn(process.execPath, [...argumentsFor(program), JSON.stringify(life)], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      env: { PATH: process.env['PATH'] ?? '' },
    });
    await new Promise<void>((resolve, reject) => {
      child.once('message', () => resolve());
      child.once('exit', (code) => reject(new Error(`the process of the nights ended at once: ${code}`)));
    });
    child.removeAllListeners('exit');
    return child;
  }

  private async order(day: string, moment: KillMoment | null = null): Promise<Night | null> {
    const child = await this.start(day);
    let steps = 0;
    let last = 'the order';
    const night = await new Promise<Night | null>((resolve, reject) => {
      const broken = async (): Promise<void> => {
        await sleep(moment?.ms ?? 0);
        child.kill('SIGKILL');
      };
      child.on('message', (news: NightNews) => {
        if (news.kind === 'over') resolve(news.night);
        else if (news.kind === 'failed') reject(new Error(`the night of ${day}: ${news.error}`));
        else if (news.kind === 'step') {
          last = news.step;
          steps += 1;
          if (steps === moment?.steps) void broken();
        }
      });
      child.once('exit', (code) => {
        if (moment === null) reject(new Error(`the night of ${day}: its process ended with ${code}`));
        else resolve(null);
      });
      child.send({ day } satisfies NightOrder);
      if (moment?.steps === 0) void broken();
    }).finally(() => {
      child.removeAllListeners('message');
      child.removeAllListeners('exit');
    });
    if (moment === null) return night;
    await this.kill();
    if (night === null) this.killedAfter.push(last);
    // The next one starts while people go about their day.
    this.start(day).catch(() => undefined);
    return night;
  }

  private async kill(): Promise<void> {
    const child = await this.child;
    this.child = null;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }
}
