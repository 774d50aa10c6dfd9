import type { ApiClient } from '../api/client';
import type { Connection } from '../api/connection.svelte';

/** Before each new try, where nobody says when: the cookie may have run out. */
const PAUSES_MS = [0, 2500, 2500];

/** So often the server may say that the image is not made yet. */
const MOST_WAITS = 30;

interface Failure {
  url: string;
  /** How often the server had come back by then: what failed before that says nothing now. */
  restored: number;
  times: number;
  isWaiting: boolean;
  /** The server has said so in the last of its tries. */
  isFinal: boolean;
}

/** The address of an image, which changes for one that failed to be asked for again. */
export class ImageSource {
  #failure = $state.raw<Failure | null>(null);

  constructor(
    private readonly client: Pick<ApiClient, 'renewMedia' | 'isAgeing'>,
    private readonly connection: Pick<Connection, 'restored'>,
    private readonly url: () => string,
  ) {}

  /** Where the image is; null while there is none to show. */
  get address(): string | null {
    const url = this.url();
    if (url === '') return null;
    const { restored } = this.connection;
    if (this.#failure?.url !== url) return url;
    if (this.#failure.restored !== restored) return again(url, `${restored}.0`);
    return this.#failure.isWaiting ? null : again(url, `${restored}.${this.#failure.times}`);
  }

  /** Whether the server was there, and has no image; while it is away nobody knows that. */
  get failed(): boolean {
    const failure = this.#failure;
    return (
      failure !== null &&
      failure.isFinal &&
      failure.url === this.url() &&
      failure.restored === this.connection.restored
    );
  }

  /** The image could not be loaded: show none, and try again if the server gives hope. */
  async onFailed(): Promise<void> {
    const url = this.url();
    const { restored } = this.connection;
    const last = this.#failure;
    const before = last?.url === url && last.restored === restored ? last.times : 0;
    const failure = { url, restored, times: before + 1, isWaiting: true, isFinal: false };
    this.#failure = failure;
    const answer = await asked(url);
    if (this.#failure !== failure) return;
    const pause = this.#pause(answer, before);
    if (pause === null) {
      this.#failure = { ...failure, isFinal: answer !== null };
      return;
    }
    if (!(await this.client.renewMedia())) return;
    setTimeout(() => {
      if (this.#failure === failure) this.#failure = { ...failure, isWaiting: false };
    }, pause);
  }

  /** When to try again, after so many tries: in ms, or null for never. */
  #pause(answer: Response | null, before: number): number | null {
    if (answer?.status === 404 && !this.client.isAgeing) return null;
    if (answer?.status === 503) return before < MOST_WAITS ? secondsIn(answer) * 1000 : null;
    return PAUSES_MS[before] ?? null;
  }
}

/** An address that a browser has not asked yet. */
function again(url: string, retry: string): string {
  return `${url}${url.includes('?') ? '&' : '?'}retry=${retry}`;
}

/** What the server says of an image, which `<img>` does not tell; null if it is away. */
async function asked(url: string): Promise<Response | null> {
  try {
    return await fetch(url, { method: 'HEAD' });
  } catch (error) {
    if (error instanceof TypeError) return null;
    throw error;
  }
}

/** How long to wait, by Retry-After. */
function secondsIn(answer: Response): number {
  const seconds = Number(answer.headers.get('Retry-After'));
  return seconds > 0 ? seconds : 1;
}
