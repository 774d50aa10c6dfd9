import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

/** Where `npm run dev` finds the server; the built page always speaks to its own host. */
const server = process.env.LIBREPHOTOS_SERVER ?? 'http://127.0.0.1:8000';

export default defineConfig({
  plugins: [svelte()],
  base: '/static/ui/',
  build: {
    outDir: '../src/librephotos/web/static/ui',
    emptyOutDir: true,
    target: 'es2022',
    // The content security policy forbids data: scripts and styles, so nothing is inlined.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: { host: '127.0.0.1', proxy: { '/api': server, '/media': server } },
  test: { include: ['src/**/*.test.ts'] },
});
