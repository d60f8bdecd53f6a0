/** What a sync job answers. */
export interface SweepResult {
  /** Resources that the provider showed. */
  seen: number;
  /** Resources (and projects) that something new was recorded of. */
  changed: number;
  /** Resources that got a strike. */
  missed: number;
}
