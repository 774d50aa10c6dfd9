import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { DownloadState } from '../api/types';
import { DownloadFailed, prepareDownload } from './download';

const WISHES = { title: '', size: 'original', everyFile: false } as const;
const PENDING: DownloadState = { status: 'PENDING', progress: { current: 1, total: 4 } };

function server(...states: DownloadState[]) {
  const removed: string[] = [];
  return {
    removed,
    start: () => Promise.resolve({ job_id: 'job', url: 'archive', photos: 4 }),
    state: (_: string, signal?: AbortSignal) => {
      signal?.throwIfAborted();
      return Promise.resolve(states.shift() ?? PENDING);
    },
    remove: (archive: string) => {
      removed.push(archive);
      return Promise.resolve();
    },
  };
}

describe('prepareDownload', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('tells how far it is, and what lacks', async () => {
    const shares: number[] = [];
    const asked = prepareDownload(
      server(PENDING, PENDING, { status: 'SUCCESS', missing: 2 }),
      { image_hashes: ['a'] },
      WISHES,
      { signal: new AbortController().signal, onprogress: (share) => shares.push(share) },
    );
    await vi.runAllTimersAsync();
    expect(await asked).toEqual({ archive: 'archive', missing: 2 });
    expect(shares).toEqual([0.25, 0.25]);
  });

  it('fails with the words of the server', async () => {
    const asked = prepareDownload(
      server({ status: 'FAILURE', result: 'None can be read.' }),
      { user_album: 7 },
      WISHES,
      { signal: new AbortController().signal, onprogress: () => {} },
    );
    await expect(asked).rejects.toThrow(new DownloadFailed('None can be read.'));
  });

  it('is given up at the server too', async () => {
    const giving = new AbortController();
    const api = server();
    const asked = prepareDownload(api, { user_album: 7 }, WISHES, {
      signal: giving.signal,
      onprogress: () => giving.abort(),
    });
    await expect(asked).rejects.toThrow('abort');
    expect(api.removed).toEqual(['archive']);
  });
});
