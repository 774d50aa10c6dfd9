import type { ApiClient } from '../api/client';
import type { Connection } from '../api/connection.svelte';

/** Before each new try: the cookie may have run out, or the server makes the image again. */
const PAUSES_MS = [0, 2500, 2500];

interface Failure {
  url: string;
  /** How often the server had come back by then: what failed before that says nothing now. */
  restored: number;
  times: number;
  isWaiting: boolean;
  /** No other try is made before the server comes back. */
  isFinal: boolean;
}

/** The address of an image, which changes for one that failed to be asked for again. */
export class ImageSource {
  #failure = $state.raw<Failure | null>(null);

  constructor(
    private readonly client: ApiClient,
    private readonly connection: Connection,
    private readonly url: () => string,
  ) {}

  /** Where the image is; null while there is none to show. */
  get address(): string | null {
    const url = this.url();
    if (url === '') return null;
    const { restored } = this.connection;
    if (this.#failure?.url !== url) return url;
    if (this.#failure.restored !== restored) return `${url}?retry=${restored}.0`;
    return this.#failure.isWaiting ? null : `${url}?retry=${restored}.${this.#failure.times}`;
  }

  /** Whether it could not be loaded in all of its tries. */
  get failed(): boolean {
    const failure = this.#failure;
    return (
      failure !== null &&
      failure.isFinal &&
      failure.url === this.url() &&
      failure.restored === this.connection.restored
    );
  }

  /** The image could not be loaded: show none, and try again a few times. */
  async onFailed(): Promise<void> {
    const url = this.url();
    const { restored } = this.connection;
    const last = this.#failure;
    const before = last?.url === url && last.restored === restored ? last.times : 0;
    const pause = PAUSES_MS[before];
    const isFinal = pause === undefined;
    const failure = { url, restored, times: before + 1, isWaiting: true, isFinal };
    this.#failure = failure;
    if (pause === undefined || !(await this.client.renewMedia())) return;
    setTimeout(() => {
      if (this.#failure === failure) this.#failure = { ...failure, isWaiting: false };
    }, pause);
  }
}
