/** Whether the server answers. `restored` counts how often it came back. */
export class Connection {
  reachable = $state(true);
  restored = $state(0);
  /** How often it was lost. A question keeps this, for its answer to be judged by. */
  losses = 0;

  lost(): void {
    this.losses += 1;
    this.reachable = false;
  }

  /**
   * An answer came. One to a question from before the last loss does not tell that the
   * server is back: everything would be asked again at once, and again, for as long as one
   * of the questions fails.
   */
  answered(lossesBefore: number): void {
    if (this.reachable || lossesBefore !== this.losses) return;
    this.reachable = true;
    this.restored += 1;
  }
}
