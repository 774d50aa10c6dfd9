const AWAY_AFTER_MS = 3000;

/** The bars of the viewer: they go while a mouse rests, and come and go by a finger's tap. */
export class Bars {
  areAway = $state(false);
  #resting: ReturnType<typeof setTimeout> | undefined;

  /** A mouse has moved, or a key was pressed. */
  wake(): void {
    this.#set(false);
    this.#resting = setTimeout(() => (this.areAway = true), AWAY_AFTER_MS);
  }

  /** A finger has tapped the picture. */
  toggle(): void {
    this.#set(!this.areAway);
  }

  /** The viewer is closed. */
  stop(): void {
    clearTimeout(this.#resting);
  }

  #set(areAway: boolean): void {
    this.stop();
    this.areAway = areAway;
  }
}
