/** A successful answer, its body as the exact text that is sent. */
export interface Answer {
  status: number;
  /** JSON. */
  body: string;
  /** `Ledger-Position`, after a command. */
  position: string | null;
}
