import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FilmSource } from './film-source.svelte';

const ADDRESSES = { original: '/media/video/a', playable: '/media/playable/a', type: null };
const WHOLE = { headers: { 'Accept-Ranges': 'bytes' } };

function film(type: string | null, ...answers: (Response | TypeError)[]) {
  const asked: string[] = [];
  vi.stubGlobal('fetch', (address: string, { method }: RequestInit) => {
    asked.push(`${method} ${address}`);
    const answer = answers.shift() ?? new Response(null, { status: 503 });
    return answer instanceof Response ? Promise.resolve(answer) : Promise.reject(answer);
  });
  const renewMedia = vi.fn(() => Promise.resolve(true));
  const source = new FilmSource({ renewMedia }, () => ({ ...ADDRESSES, type }));
  return { source, asked, renewMedia };
}

function shown(videoWidth: number, last = 6) {
  const seekable = { length: 1, start: () => 0, end: () => last };
  const play = vi.fn(() => Promise.resolve());
  return { videoWidth, seekable, currentTime: 2, paused: false, play };
}

describe('FilmSource', () => {
  beforeEach(() => {
    vi.useFakeTimers();
    const canPlayType = (type: string): string => (type.includes('avc1') ? 'probably' : '');
    vi.stubGlobal('document', { createElement: () => ({ canPlayType }) });
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  it('takes what the browser plays as it is, and what it is not sure of', () => {
    expect(film('video/mp4; codecs="avc1.640028"').source.address).toBe('/media/video/a');
    expect(film(null).source.address).toBe('/media/video/a');
    expect(film('video/mp4; codecs="hvc1.1.6.L93"').source.address).toBe('/media/playable/a');
  });

  it('falls back where there is an error, or sound alone', async () => {
    const broken = film(null);
    await broken.source.onFailed();
    expect(broken.source.address).toBe('/media/playable/a');
    expect(broken.source.isWaiting).toBe(true);
    broken.source.onMetadata(shown(640));
    expect(broken.source.isWaiting).toBe(false);
    const silent = film(null);
    silent.source.onMetadata(shown(0));
    expect(silent.source.address).toBe('/media/playable/a');
    expect(silent.asked).toEqual([]);
  });

  it('waits until it is made, and tries again once', async () => {
    const { source } = film(
      'video/hevc',
      new Response(null, { status: 503 }),
      new TypeError('away'),
      new Response(null, { status: 200 }),
      new Response(null, WHOLE),
      new Response(null, WHOLE),
    );
    const waiting = source.onFailed();
    await vi.advanceTimersByTimeAsync(20_000);
    await waiting;
    expect(source.address).toBe('/media/playable/a?retry=1');
    expect(source.failed).toBe(false);
    await source.onFailed();
    expect(source.failed).toBe(true);
  });

  it('goes on with the whole film where it was', async () => {
    const { source } = film('video/hevc', new Response(null), new Response(null, WHOLE));
    source.onMetadata(shown(640, 0));
    await vi.advanceTimersByTimeAsync(20_000);
    expect(source.address).toBe('/media/playable/a?retry=1');
    const whole = { ...shown(640), currentTime: 0 };
    source.onMetadata(whole);
    expect(whole.currentTime).toBe(2);
    expect(whole.play).toHaveBeenCalledOnce();
  });

  it('renews the cookie, and gives up what cannot be made', async () => {
    const { source, renewMedia } = film(
      'video/hevc',
      new Response(null, { status: 403 }),
      new Response(null, { status: 422 }),
    );
    const waiting = source.onFailed();
    await vi.advanceTimersByTimeAsync(20_000);
    await waiting;
    expect(renewMedia).toHaveBeenCalledOnce();
    expect(source.failed).toBe(true);
  });

  it('asks no more once nobody looks', async () => {
    const { source, asked } = film('video/hevc');
    const waiting = source.onFailed();
    await vi.advanceTimersByTimeAsync(1);
    source.stop();
    await vi.advanceTimersByTimeAsync(20_000);
    await waiting;
    expect(asked).toHaveLength(1);
  });
});
