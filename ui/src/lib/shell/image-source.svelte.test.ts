import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ImageSource } from './image-source.svelte';

const URL = '/media/square_thumbnails/a';

function image(...answers: (Response | TypeError)[]) {
  const asked: string[] = [];
  vi.stubGlobal('fetch', (address: string, { method }: RequestInit) => {
    asked.push(`${method} ${address}`);
    const answer = answers.shift() ?? new TypeError('away');
    return answer instanceof Response ? Promise.resolve(answer) : Promise.reject(answer);
  });
  const client = { renewMedia: () => Promise.resolve(true), isAgeing: false };
  const source = new ImageSource(client, { restored: 0 }, () => URL);
  return { source, asked, client };
}

const notYet = (seconds: string): Response =>
  new Response(null, { status: 503, headers: { 'Retry-After': seconds } });

describe('ImageSource', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  it('knows at once that there will be no image', async () => {
    const { source, asked } = image(new Response(null, { status: 404 }));
    expect(source.address).toBe(URL);
    await source.onFailed();
    expect(source.failed).toBe(true);
    expect(asked).toEqual([`HEAD ${URL}`]);
  });

  it('asks for one that is made now when the server says', async () => {
    const { source } = image(notYet('3'), notYet(''));
    await source.onFailed();
    expect([source.address, source.failed]).toEqual([null, false]);
    await vi.advanceTimersByTimeAsync(2_900);
    expect(source.address).toBeNull();
    await vi.advanceTimersByTimeAsync(100);
    expect(source.address).toBe(`${URL}?retry=0.1`);
    await source.onFailed();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(source.address).toBe(`${URL}?retry=0.2`);
  });

  it('does not ask for ever', async () => {
    const { source } = image(...Array.from({ length: 100 }, () => notYet('1')));
    let times = 0;
    while (!source.failed) {
      await source.onFailed();
      await vi.advanceTimersByTimeAsync(1_000);
      times += 1;
    }
    expect(times).toBe(31);
  });

  it('tries a few times where the server fails, or the cookie ran out', async () => {
    const broken = Array.from({ length: 3 }, () => new Response(null, { status: 500 }));
    const { source, client } = image(new Response(null, { status: 404 }), ...broken);
    client.isAgeing = true;
    await source.onFailed();
    await vi.advanceTimersByTimeAsync(0);
    expect(source.address).toBe(`${URL}?retry=0.1`);
    for (const pause of [2_500, 2_500]) {
      await source.onFailed();
      await vi.advanceTimersByTimeAsync(pause);
      expect(source.failed).toBe(false);
    }
    await source.onFailed();
    expect(source.failed).toBe(true);
  });

  it('does not take an image to be lost because the server is away', async () => {
    const { source } = image(notYet('1'));
    for (const pause of [1_000, 2_500, 2_500]) {
      await source.onFailed();
      await vi.advanceTimersByTimeAsync(pause);
    }
    await source.onFailed();
    await vi.advanceTimersByTimeAsync(60_000);
    expect([source.address, source.failed]).toEqual([null, false]);
  });
});
