/** Whether the server answers. `restored` counts how often it came back. */
export class Connection {
  reachable = $state(true);
  restored = $state(0);

  lost(): void {
    this.reachable = false;
  }

  answered(): void {
    if (this.reachable) return;
    this.reachable = true;
    this.restored += 1;
  }
}
