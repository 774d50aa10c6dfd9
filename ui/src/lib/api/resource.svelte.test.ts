// @vitest-environment jsdom
import { flushSync } from 'svelte';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { ApiError, Unreachable } from './errors';
import { resource, type Resource } from './resource.svelte';

/** A question that is being asked, to be answered by the test. */
interface Question {
  signal: AbortSignal;
  answer: (value: string) => void;
  fail: (reason: Error) => void;
}

/** A resource that lives as a component would have it, and what it asks. */
class Asked {
  when = $state(0);
  seen = $state(0);
  questions: Question[] = [];
  read!: Resource<string>;
  end: () => void;

  constructor() {
    this.end = $effect.root(() => {
      this.read = resource(
        () => this.when,
        (signal) => this.#ask(signal),
      );
    });
    onTestFinished(this.end);
    flushSync();
  }

  last(): Question {
    const question = this.questions.at(-1);
    if (!question) throw new Error('Nothing was asked.');
    return question;
  }

  #ask(signal: AbortSignal): Promise<string> {
    void this.seen;
    return new Promise((answer, fail) => this.questions.push({ signal, answer, fail }));
  }
}

describe('resource', () => {
  it('has nothing until the answer comes', async () => {
    const asked = new Asked();
    expect(asked.read.value).toBeNull();
    asked.last().answer('first');
    await vi.waitFor(() => expect(asked.read.value).toBe('first'));
    expect(asked.read.problem).toBe('');
  });

  it('reads again when what it depends on changes, and keeps what it has meanwhile', async () => {
    const asked = new Asked();
    asked.last().answer('first');
    await vi.waitFor(() => expect(asked.read.value).toBe('first'));
    flushSync(() => (asked.when += 1));
    expect(asked.questions).toHaveLength(2);
    expect(asked.read.value).toBe('first');
    asked.last().answer('second');
    await vi.waitFor(() => expect(asked.read.value).toBe('second'));
  });

  it('does not read again for what is looked at in asking', () => {
    const asked = new Asked();
    flushSync(() => (asked.seen += 1));
    expect(asked.questions).toHaveLength(1);
  });

  it.each(['answer', 'failure'])('lets no %s to an earlier question count', async (kind) => {
    const asked = new Asked();
    const [first] = asked.questions;
    flushSync(() => (asked.when += 1));
    expect(first?.signal.aborted).toBe(true);
    asked.last().answer('second');
    await vi.waitFor(() => expect(asked.read.value).toBe('second'));
    if (kind === 'answer') first?.answer('first');
    else first?.fail(new Unreachable());
    // A third question that is answered after it proves that it was passed over.
    void asked.read.read();
    asked.last().fail(new ApiError(404, []));
    await vi.waitFor(() => expect(asked.read.isMissing).toBe(true));
    expect(asked.read.value).toBe('second');
  });

  it('tells of a failure, keeps what it has, and forgets it with the next answer', async () => {
    const asked = new Asked();
    asked.last().answer('first');
    await vi.waitFor(() => expect(asked.read.value).toBe('first'));
    flushSync(() => (asked.when += 1));
    asked.last().fail(new Unreachable());
    await vi.waitFor(() => expect(asked.read.problem).toBe('The server cannot be reached.'));
    expect(asked.read.value).toBe('first');
    expect(asked.read.isMissing).toBe(false);
    void asked.read.read();
    asked.last().answer('again');
    await vi.waitFor(() => expect(asked.read.value).toBe('again'));
    expect(asked.read.problem).toBe('');
  });

  it('takes its question back when the component goes', () => {
    const asked = new Asked();
    asked.end();
    expect(asked.last().signal.aborted).toBe(true);
    flushSync(() => (asked.when += 1));
    expect(asked.questions).toHaveLength(1);
  });
});
