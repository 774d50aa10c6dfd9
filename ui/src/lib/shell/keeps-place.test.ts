// @vitest-environment jsdom
import { afterEach, expect, it } from 'vitest';
import type { Router } from '../routing/router.svelte';
import { keepsPlace } from './keeps-place';

const router = {
  place: {},
  remember: () => undefined,
  keeping: () => () => undefined,
} as unknown as Router;

afterEach(() => document.body.replaceChildren());

it('is reached by Tab where nothing in it is', async () => {
  const view = document.createElement('div');
  view.innerHTML = '<button disabled>Try again</button><p>A long list</p>';
  document.body.append(view);
  const stop = keepsPlace(router)(view);
  expect(view.tabIndex).toBe(0);
  const changed = new Promise<void>((resolve) => {
    new MutationObserver(() => resolve()).observe(view, { attributeFilter: ['tabindex'] });
  });
  view.querySelector('button')!.disabled = false;
  await changed;
  expect(view.tabIndex).toBe(-1);
  stop();
});
