// @vitest-environment jsdom
import { describe, expect, it } from 'vitest';
import { photoAddress } from './addresses';
import { Router } from './router.svelte';

describe('a page that is read again', () => {
  it('knows where the view was left that lies below an open photo', () => {
    const place = { anchor: { sectionKey: '736889', page: 16, photoId: 'p', distance: 20 } };
    window.history.replaceState({ below: '/', place, opened: 1 }, '', photoAddress('a'));
    expect(new Router(window, []).place).toEqual(place);
  });
});
