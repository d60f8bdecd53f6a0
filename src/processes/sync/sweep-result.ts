/** The result of a sync job. */
export interface SweepResult {
  /** Resources that the provider showed. */
  seen: number;
  /** Resources (and projects) with a new event. */
  changed: number;
  /** Resources that got a strike. */
  missed: number;
}
