import { describe, expect, it, vi } from 'vitest';
import { Unreachable } from '../api/errors';
import type { PigPhoto } from '../api/types';
import type { Block } from './blocks';
import { GridModel } from './model';
import { section } from './samples';
import { PageLoader } from './page-loader';

interface Call {
  key: string;
  signal: AbortSignal;
  answer: (photos: PigPhoto[]) => void;
}

function blocks(): Block[] {
  const model = new GridModel();
  model.setSections([section('day', 1000)]);
  return model.blocks;
}

function recorder(): { calls: Call[]; loaded: string[]; loader: PageLoader } {
  const calls: Call[] = [];
  const loaded: string[] = [];
  const loader = new PageLoader({
    fetchPage: (block, signal) =>
      new Promise((resolve, reject) => {
        const abort = (): void => reject(new DOMException('gone', 'AbortError'));
        signal.addEventListener('abort', abort);
        calls.push({ key: block.key, signal, answer: resolve });
      }),
    onLoaded: (block) => loaded.push(block.key),
    onRetry: () => undefined,
  });
  return { calls, loaded, loader };
}

describe('PageLoader', () => {
  it('asks for the nearest pages first, a few at a time', async () => {
    const { calls, loaded, loader } = recorder();
    loader.want(blocks());
    expect(calls.map((call) => call.key)).toEqual(['day/1', 'day/2', 'day/3', 'day/4']);
    calls[0]?.answer([]);
    await vi.waitFor(() => expect(loaded).toEqual(['day/1']));
  });

  it('aborts what is no longer wanted', () => {
    const { calls, loader } = recorder();
    const all = blocks();
    loader.want(all.slice(0, 2));
    loader.want(all.slice(1, 3));
    expect(calls.map((call) => [call.key, call.signal.aborted])).toEqual([
      ['day/1', true],
      ['day/2', false],
      ['day/3', false],
    ]);
  });

  it('aborts everything when it stops', () => {
    const { calls, loader } = recorder();
    loader.want(blocks());
    loader.stop();
    expect(calls.every((call) => call.signal.aborted)).toBe(true);
  });

  it('asks again at once for what failed, when the server is back', async () => {
    let asked = 0;
    const loader = new PageLoader({
      fetchPage: () => {
        asked += 1;
        return Promise.reject(new Unreachable());
      },
      onLoaded: () => undefined,
      onRetry: () => undefined,
    });
    const [block] = blocks();
    if (!block) throw new Error('There is no block.');
    loader.want([block]);
    await vi.waitFor(() => expect(loader.fails(block)).toBe(true));
    loader.want([block]);
    expect(asked).toBe(1);
    loader.retry();
    expect(asked).toBe(2);
    loader.stop();
  });
});
