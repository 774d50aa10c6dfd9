import type { ApiClient } from '../api/client';

/** How often, and for how long, one asks whether a film can be played by now. */
const ASK_EVERY_MS = 3_000;
const LONGEST_MS = 60 * 60_000;

type Film = Pick<HTMLVideoElement, 'videoWidth' | 'seekable' | 'currentTime' | 'paused' | 'play'>;

/** Whether one can go to a place in it; of what comes without a length, only to its start. */
function canSeek({ seekable }: Film): boolean {
  return seekable.length > 0 && seekable.end(seekable.length - 1) > 0;
}

/** What a browser says of a film: that it plays it, that it does not, or nothing yet. */
function plays(type: string | null): boolean {
  return type === null || document.createElement('video').canPlayType(type) !== '';
}

interface Addresses {
  /** The film as it is. */
  original: string;
  /** The film as every browser plays it, which the server makes when it is asked for. */
  playable: string;
  /** MIME type and codecs of the original, null while unknown. */
  type: string | null;
}

/**
 * The address of a film: as it is if the browser plays that, else as every browser does.
 *
 * Some browsers play the sound of what they cannot show, without an error.
 */
export class FilmSource {
  /** The browser was wrong about the original, or knew nothing of it. */
  #falls = $state(false);
  #attempt = $state(0);
  /** The film is being made, and nothing of it can be shown yet. */
  isWaiting = $state(false);
  failed = $state(false);
  #isGone = false;
  #triedWhole = false;
  /** Where the film was, and whether it played, when the whole took its place. */
  #resume: { time: number; plays: boolean } | null = null;
  readonly #addresses: () => Addresses;
  readonly #isPlayable: boolean = $derived.by(() => this.#falls || !plays(this.#addresses().type));
  readonly address: string = $derived.by(() => {
    const { original, playable } = this.#addresses();
    const address = this.#isPlayable ? playable : original;
    return this.#attempt > 0 ? `${address}?retry=${this.#attempt}` : address;
  });

  constructor(
    private readonly client: Pick<ApiClient, 'renewMedia'>,
    addresses: () => Addresses,
  ) {
    this.#addresses = addresses;
  }

  /** Nobody looks at it any more. */
  stop(): void {
    this.#isGone = true;
  }

  onMetadata(film: Film): void {
    if (film.videoWidth === 0) {
      void this.onFailed();
      return;
    }
    this.isWaiting = false;
    const resume = this.#resume;
    this.#resume = null;
    if (resume) {
      film.currentTime = resume.time;
      if (resume.plays) void film.play();
    } else if (this.#isPlayable && !canSeek(film)) {
      void this.#takeWhole(film);
    }
  }

  /** What is sent while it is made cannot be gone to a place in: go on with the whole. */
  async #takeWhole(film: Film): Promise<void> {
    this.isWaiting = false;
    if (!(await this.#becomesReady()) || this.#isGone) return;
    this.#resume = { time: film.currentTime, plays: !film.paused };
    this.#attempt += 1;
  }

  /** Take the next way to play it, or wait until the server has made it. */
  async onFailed(): Promise<void> {
    if (!this.#isPlayable) {
      this.#falls = true;
      this.isWaiting = true;
      return;
    }
    this.isWaiting = true;
    const isReady = await this.#becomesReady();
    this.isWaiting = false;
    if (this.#isGone) return;
    if (isReady) this.#attempt += 1;
    else this.failed = true;
  }

  /** Whether there is a reason to try again, once there is one. */
  async #becomesReady(): Promise<boolean> {
    const last = Date.now() + LONGEST_MS;
    let isRenewed = false;
    while (!this.#isGone && Date.now() < last) {
      const answer = await this.#ask();
      if (answer?.status === 403 && !isRenewed) {
        isRenewed = await this.client.renewMedia();
        if (!isRenewed) return false;
      } else if (answer?.ok && answer.headers.has('Accept-Ranges')) {
        // It is whole: what does not play now never will.
        if (this.#triedWhole) return false;
        return (this.#triedWhole = true);
      } else if (answer && !answer.ok && answer.status !== 503) {
        return false;
      }
      await new Promise((resolve) => setTimeout(resolve, ASK_EVERY_MS));
    }
    return false;
  }

  async #ask(): Promise<Response | null> {
    try {
      return await fetch(this.#addresses().playable, { method: 'HEAD' });
    } catch (error) {
      if (error instanceof TypeError) return null; // the server is away
      throw error;
    }
  }
}
