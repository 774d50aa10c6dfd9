import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Silence } from './silence';

const LIMIT_MS = 30_000;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('ends a request that gets no answer', () => {
  const silence = new Silence(LIMIT_MS);
  vi.advanceTimersByTime(LIMIT_MS - 1);
  expect(silence.signal.aborted).toBe(false);
  vi.advanceTimersByTime(1);
  expect((silence.signal.reason as DOMException).name).toBe('TimeoutError');
});

it('lets an answer flow for as long as it does, and be over', async () => {
  const silence = new Silence(LIMIT_MS);
  const bytes = [...new TextEncoder().encode('Zoë ☺')];
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      vi.advanceTimersByTime(LIMIT_MS - 1);
      const next = bytes.shift();
      if (next === undefined) controller.close();
      else controller.enqueue(Uint8Array.of(next));
    },
  });
  expect(await silence.textOf(new Response(body))).toBe('Zoë ☺');
  silence.end();
  vi.advanceTimersByTime(LIMIT_MS);
  expect(silence.signal.aborted).toBe(false);
});

it('reads an answer without a body as no text', async () => {
  const silence = new Silence(LIMIT_MS);
  expect(await silence.textOf(new Response(null, { status: 204 }))).toBe('');
  silence.end();
});
