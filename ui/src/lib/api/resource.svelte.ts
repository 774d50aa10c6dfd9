import { untrack } from 'svelte';
import { attempt, isNotFound, type Failure } from './attempt';

/** What is read from the server, and why it could not be read the last time. */
export class Resource<Value> {
  /** What was read last, null until then; it stays while it is read again or cannot be. */
  value = $state.raw<Value | null>(null);
  failure = $state.raw<Failure | null>(null);
  #controller = new AbortController();

  constructor(private readonly ask: (signal: AbortSignal) => Promise<Value>) {}

  /** What to tell a person of the failure, or "". */
  get problem(): string {
    return this.failure?.message ?? '';
  }

  get isMissing(): boolean {
    return isNotFound(this.failure);
  }

  /** Read it anew; an answer to an earlier question no longer counts. */
  async read(): Promise<void> {
    this.drop();
    const { signal } = (this.#controller = new AbortController());
    await attempt(
      async () => {
        const value = await this.ask(signal);
        if (signal.aborted) return;
        this.value = value;
        this.failure = null;
      },
      (failure) => {
        if (!signal.aborted) this.failure = failure;
      },
    );
  }

  /** Take the question back that is being asked. */
  drop(): void {
    this.#controller.abort();
  }
}

/**
 * Read something as long as a component lives, and again whenever a signal changes that
 * `when` looks at; those that `ask` looks at have nothing read again.
 */
export function resource<Value>(
  when: () => unknown,
  ask: (signal: AbortSignal) => Promise<Value>,
): Resource<Value> {
  const read = new Resource(ask);
  $effect(() => {
    when();
    untrack(() => void read.read());
    return () => read.drop();
  });
  return read;
}
