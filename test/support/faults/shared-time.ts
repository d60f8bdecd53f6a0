/**
 * The time of runs that pause: it moves when all of them sleep, to the first that wakes. So each has the pace
 * that it would have alone, and none waits for the clock of the machine.
 */
export class SharedTime {
  private readonly sleepers = new Set<{ until: number; wake: () => void }>();
  private readonly active: () => number;
  private readonly move: (to: number) => Promise<void>;
  private current: number;
  private isMoving = false;

  /**
   * @param active how many runs have neither ended nor been stopped
   * @param move moves the clocks of the others
   */
  constructor(start: string, active: () => number, move: (to: number) => Promise<void>) {
    this.current = Date.parse(start);
    this.active = active;
    this.move = move;
  }

  now(): string {
    return new Date(this.current).toISOString();
  }

  sleep(milliseconds: number): Promise<void> {
    return new Promise((wake) => {
      this.sleepers.add({ until: this.current + milliseconds, wake });
      this.look();
    });
  }

  /** To be called when fewer runs are active. */
  look(): void {
    if (this.isMoving || this.sleepers.size === 0 || this.sleepers.size < this.active()) return;
    this.isMoving = true;
    const to = Math.max(this.current, Math.min(...[...this.sleepers].map(({ until }) => until)));
    void this.move(to).then(() => {
      this.current = to;
      this.isMoving = false;
      for (const sleeper of [...this.sleepers]) {
        if (sleeper.until > to) continue;
        this.sleepers.delete(sleeper);
        sleeper.wake();
      }
    });
  }
}
