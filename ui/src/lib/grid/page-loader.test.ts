import { describe, expect, it, vi } from 'vitest';
import { Unreachable } from '../api/errors';
import type { PigPhoto } from '../api/types';
import type { Section } from './blocks';
import { GridModel } from './model';
import { geometry, photos, section } from './samples';
import { PageLoader, type ReadBlocks } from './page-loader';

interface Call {
  keys: string[];
  signal: AbortSignal;
  answer: (photos: (PigPhoto[] | null)[]) => void;
}

function modelOf(...sections: Section[]): GridModel {
  const model = new GridModel();
  model.setGeometry(geometry);
  model.setSections(sections);
  return model;
}

function recorder(
  model: GridModel,
  most: number,
): { calls: Call[]; loaded: string[]; loader: PageLoader } {
  const calls: Call[] = [];
  const loaded: string[] = [];
  const read: ReadBlocks = (blocks, signal) =>
    new Promise((resolve, reject) => {
      const abort = (): void => reject(new DOMException('gone', 'AbortError'));
      signal.addEventListener('abort', abort);
      calls.push({ keys: blocks.map(({ key }) => key), signal, answer: resolve });
    });
  const loader = new PageLoader({
    reader: () => ({ read, most }),
    besides: (block, step) => model.besides(block, step),
    onLoaded(pairs) {
      for (const [block, photos] of pairs) {
        model.fill(block, photos);
        loaded.push(block.key);
      }
    },
    onRetry: () => undefined,
  });
  return { calls, loaded, loader };
}

describe('PageLoader', () => {
  it('asks for the nearest pages first, a few at a time', async () => {
    const model = modelOf(section('day', 1000));
    const { calls, loaded, loader } = recorder(model, 100);
    loader.want(model.blocks);
    expect(calls.flatMap(({ keys }) => keys)).toEqual(['day/1', 'day/2', 'day/3', 'day/4']);
    calls[0]?.answer([[]]);
    await vi.waitFor(() => expect(loaded).toEqual(['day/1']));
  });

  it('asks for pages that follow each other together, across days', () => {
    const model = modelOf(section('a', 250), section('b', 30), section('c', 900));
    const { calls, loader } = recorder(model, 400);
    loader.want(model.blocks.slice(0, 5));
    expect(calls.map(({ keys }) => keys)).toEqual([['a/1', 'a/2', 'a/3', 'b/1', 'c/1']]);
  });

  it('reads what is in view alone at first, and then as much as it may', async () => {
    const model = modelOf(section('day', 1000));
    const { calls, loader } = recorder(model, 400);
    loader.want(model.blocks.slice(4, 6));
    calls[0]?.answer([photos('e', 100), photos('f', 100)]);
    await vi.waitFor(() => expect(model.blocks[5]?.photos).toHaveLength(100));
    for (const block of model.blocks) block.stale = false;
    loader.want(model.blocks.slice(3, 7));
    expect(calls.map(({ keys }) => keys)).toEqual([
      ['day/5', 'day/6'],
      ['day/1', 'day/2', 'day/3', 'day/4'],
      ['day/7', 'day/8', 'day/9', 'day/10'],
    ]);
  });

  it('aborts what is no longer wanted', () => {
    const model = modelOf(section('day', 1000));
    const { calls, loader } = recorder(model, 200);
    loader.want(model.blocks.slice(0, 4));
    loader.want(model.blocks.slice(3, 5));
    expect(calls.map(({ keys, signal }) => [keys[0], signal.aborted])).toEqual([
      ['day/1', true],
      ['day/3', false],
      ['day/5', false],
    ]);
  });

  it('aborts everything when it stops', () => {
    const model = modelOf(section('day', 1000));
    const { calls, loader } = recorder(model, 100);
    loader.want(model.blocks);
    loader.stop();
    expect(calls).toHaveLength(4);
    expect(calls.every((call) => call.signal.aborted)).toBe(true);
  });

  it('asks again for a page that has come to stand elsewhere', async () => {
    const model = modelOf(section('day', 200));
    const { calls, loaded, loader } = recorder(model, 200);
    loader.want(model.blocks);
    calls[0]?.answer([photos('a', 100), null]);
    await vi.waitFor(() => expect(loaded).toEqual(['day/1']));
    expect(loader.fails(model.blocks[1]!)).toBe(true);
    loader.retry();
    expect(calls[1]?.keys).toContain('day/2');
    loader.stop();
  });

  it('asks again at once for what failed, when the server is back', async () => {
    let asked = 0;
    const model = modelOf(section('day', 1000));
    const loader = new PageLoader({
      reader: () => ({
        read() {
          asked += 1;
          return Promise.reject(new Unreachable());
        },
        most: 100,
      }),
      besides: () => undefined,
      onLoaded: () => undefined,
      onRetry: () => undefined,
    });
    const [block] = model.blocks;
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
