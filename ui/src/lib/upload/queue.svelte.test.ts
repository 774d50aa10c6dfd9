import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ApiClient } from '../api/client';
import { Connection } from '../api/connection.svelte';
import { ApiError, Unreachable } from '../api/errors';
import type { Session } from '../api/session.svelte';
import type { UploadsApi } from '../api/uploads';
import type { JobActivity } from '../jobs/activity.svelte';
import { Unreadable } from './hashing';
import { CHUNK_BYTES, UploadQueue } from './queue.svelte';

/** A server that keeps what it is sent. */
class Server implements Pick<
  UploadsApi,
  'exists' | 'unfinished' | 'state' | 'send' | 'complete' | 'discard'
> {
  readonly received = new Map<string, number>();
  readonly known = new Set<string>();
  readonly completed: string[] = [];
  readonly starts: number[] = [];
  /** What the next chunks end with, beside being stored or not. */
  failures: { error: Error; stores: boolean }[] = [];
  refusal: ApiError | null = null;

  exists = async (md5: string): Promise<boolean> => this.known.has(md5);

  unfinished = async () =>
    [...this.received].map(([id, offset]) => {
      const size = id === 'ub.jpg' ? 2 * CHUNK_BYTES + 5 : 10;
      return { ...this.row(id, offset), md5: id.slice(1), size };
    });

  state = async (id: string) => {
    const offset = this.received.get(id);
    if (offset === undefined) throw new ApiError(404, []);
    return this.row(id, offset);
  };

  send: UploadsApi['send'] = async (chunk, start, id, { md5 }) => {
    const name = id || `u${md5}`;
    const failure = this.failures.shift();
    if (this.refusal) throw this.refusal;
    if (failure && !failure.stores) throw failure.error;
    this.starts.push(start);
    expect(start).toBe(this.received.get(name) ?? 0);
    this.received.set(name, start + chunk.size);
    if (failure) throw failure.error;
    return this.row(name, start + chunk.size);
  };

  complete: UploadsApi['complete'] = async (id, { name, md5 }) => {
    this.received.delete(id);
    this.completed.push(name);
    return { image_hash: `${md5}1`, imported: true, filename: name };
  };

  discard = async (id: string): Promise<void> => void this.received.delete(id);

  row(id: string, offset: number) {
    const told = { md5: '', size: 2 * CHUNK_BYTES + 5, filename: 'b.jpg' };
    return { upload_id: id, offset, expires: '', ...told };
  }
}

function file(name: string, size = 10): File {
  return new File([new Uint8Array(size)], name, { type: 'image/jpeg' });
}

let server: Server;
let connection: Connection;
const activity = { libraryChanged: vi.fn() };

function queueFor(hash = async (one: File): Promise<string> => one.name): UploadQueue {
  const client = { uploads: server } as unknown as ApiClient;
  const session = { claims: { user_id: 1 } } as Session;
  return new UploadQueue(client, session, connection, activity as unknown as JobActivity, hash);
}

async function settled(queue: UploadQueue): Promise<void> {
  for (let turn = 0; queue.isBusy && turn < 50; turn += 1) await vi.advanceTimersByTimeAsync(1000);
  expect(queue.isBusy).toBe(false);
}

beforeEach(() => {
  vi.useFakeTimers();
  server = new Server();
  connection = new Connection();
});

afterEach(() => void vi.useRealTimers());

describe('the queue of uploads', () => {
  it('sends files in chunks and has them stored', async () => {
    const queue = queueFor();
    queue.add([file('a.jpg'), file('b.jpg', 2 * CHUNK_BYTES + 5), file('c.png'), file('d.mp4')]);
    await settled(queue);
    expect(queue.items.map(({ state }) => state)).toEqual(['done', 'done', 'done', 'done']);
    expect(server.completed.toSorted()).toEqual(['a.jpg', 'b.jpg', 'c.png', 'd.mp4']);
    expect(queue.progress.done).toBe(queue.progress.total);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(activity.libraryChanged).toHaveBeenCalled();
  });

  it('leaves out what is no photo, and names what is known', async () => {
    server.known.add('a.jpg');
    const queue = queueFor();
    queue.add([file('a.jpg'), new File(['x'], 'notes.txt'), file('.DS_Store'), file('e.jpg', 0)]);
    await settled(queue);
    expect(queue.leftOut).toBe(3);
    expect(queue.items.map(({ state }) => state)).toEqual(['known']);
    expect(server.starts).toEqual([]);
  });

  it.each([true, false])('goes on after a lost answer (stored: %s)', async (stores) => {
    server.failures = [
      { error: new Unreachable(), stores },
      { error: new Unreachable(), stores },
    ];
    const queue = queueFor();
    queue.add([file('b.jpg', 2 * CHUNK_BYTES + 5)]);
    await settled(queue);
    expect(queue.items[0]?.state).toBe('done');
  });

  it('does not count how often the server was away as tries', async () => {
    const away = { error: new Unreachable(), stores: false };
    const lost = { error: new ApiError(409, []), stores: false };
    server.failures = [away, away, away, lost, lost];
    const queue = queueFor();
    queue.add([file('b.jpg')]);
    await settled(queue);
    expect(queue.items[0]?.state).toBe('done');
    server.failures = [lost, lost, lost];
    queue.add([file('c.jpg')]);
    await settled(queue);
    expect(queue.items[1]?.state).toBe('refused');
  });

  it('goes on where the server goes away after it has refused a chunk', async () => {
    server.failures = [
      { error: new Unreachable(), stores: true },
      { error: new ApiError(409, []), stores: false },
    ];
    const { state } = server;
    let asked = 0;
    server.state = (id) => ((asked += 1) === 2 ? Promise.reject(new Unreachable()) : state(id));
    const queue = queueFor();
    queue.add([file('b.jpg', 2 * CHUNK_BYTES + 5)]);
    await settled(queue);
    expect(queue.items[0]?.state).toBe('done');
  });

  it('says why a file is refused, and tries it again when asked to', async () => {
    server.refusal = new ApiError(507, [{ field: 'detail', message: 'It is full.' }]);
    const queue = queueFor();
    queue.add([file('a.jpg')]);
    await settled(queue);
    const [item] = queue.items;
    expect([item?.state, item?.reason]).toEqual(['refused', 'It is full.']);
    server.refusal = null;
    if (item) queue.retry(item);
    await settled(queue);
    expect(item?.state).toBe('done');
  });

  it('pauses, and goes on where it stood', async () => {
    const queue = queueFor();
    server.failures = [{ error: new DOMException('', 'AbortError'), stores: true }];
    queue.pause();
    queue.add([file('b.jpg', 2 * CHUNK_BYTES + 5)]);
    await vi.advanceTimersByTimeAsync(100);
    expect(queue.items[0]?.state).toBe('waiting');
    queue.resume();
    await vi.advanceTimersByTimeAsync(10);
    queue.pause();
    queue.resume();
    await settled(queue);
    expect(queue.items[0]?.state).toBe('done');
  });

  it('takes up what an earlier visit has begun', async () => {
    server.received.set('ub.jpg', CHUNK_BYTES);
    const queue = queueFor();
    await queue.lookBack();
    expect(queue.interrupted).toHaveLength(1);
    queue.add([file('b.jpg', 2 * CHUNK_BYTES + 5)]);
    await settled(queue);
    expect(server.starts).toEqual([CHUNK_BYTES, 2 * CHUNK_BYTES]);
    expect(queue.interrupted).toEqual([]);
  });

  it('forgets on the server what is cancelled', async () => {
    const queue = queueFor();
    server.failures = [{ error: new Unreachable(), stores: true }];
    queue.add([file('b.jpg', 2 * CHUNK_BYTES + 5)]);
    await vi.advanceTimersByTimeAsync(500);
    await queue.cancel();
    expect(queue.items).toEqual([]);
    expect(queue.isBusy).toBe(false);
  });

  it('says which file cannot be read any more', async () => {
    const queue = queueFor(async () => {
      throw new Unreadable();
    });
    queue.add([file('a.jpg')]);
    await settled(queue);
    expect(queue.items[0]?.state).toBe('gone');
  });
});
