/** Ends a request of which nothing came for a while; an answer that flows may be long. */
export class Silence {
  readonly #controller = new AbortController();
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Silence begins, and is over after so many milliseconds. */
  constructor(private readonly limitMs: number) {
    this.#begin();
  }

  /** Is aborted with a TimeoutError, which no caller's own abort is. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** The text of an answer, however long it takes while it flows. */
  async textOf(response: Response): Promise<string> {
    this.#begin();
    const decoder = new TextDecoder();
    const reader = response.body?.getReader();
    let text = '';
    for (let part = await reader?.read(); part?.done === false; part = await reader?.read()) {
      this.#begin();
      text += decoder.decode(part.value, { stream: true });
    }
    return text + decoder.decode();
  }

  end(): void {
    clearTimeout(this.#timer);
  }

  #begin(): void {
    clearTimeout(this.#timer);
    const reason = new DOMException('Nothing came.', 'TimeoutError');
    this.#timer = setTimeout(() => this.#controller.abort(reason), this.limitMs);
  }
}
