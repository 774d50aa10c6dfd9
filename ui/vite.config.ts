import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { paraglideVitePlugin as paraglide } from '@inlang/paraglide-js';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';

/** Where `npm run dev` finds the server; the built page always speaks to its own host. */
const server = process.env.LIBREPHOTOS_SERVER ?? 'http://127.0.0.1:8000';

/** Writes scripts and styles compressed as well; the server sends what a browser takes. */
function compressed(): Plugin {
  let folder = '';
  return {
    name: 'compressed',
    apply: 'build',
    configResolved(config) {
      folder = config.build.outDir;
    },
    closeBundle() {
      for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
        if (!/\.(js|css|svg)$/.test(name)) continue;
        const path = join(folder, name);
        const bytes = readFileSync(path);
        writeFileSync(`${path}.br`, brotliCompressSync(bytes));
        writeFileSync(`${path}.gz`, gzipSync(bytes, { level: 9 }));
      }
    },
  };
}

/** `npm run dev` has the visitors' page where the server has it. */
function visitors(): Plugin {
  return {
    name: 'visitors',
    configureServer({ middlewares }) {
      middlewares.use((request, _, next) => {
        if (request.url?.startsWith('/public/')) request.url = '/static/ui/visitor.html';
        next();
      });
    },
  };
}

/**
 * Of the message files, functions, again whenever one changes. Builds, tests and types have
 * `npm run messages` make the same: unlike the plugin, it can be told to say nothing.
 */
const messages = paraglide({
  project: './project.inlang',
  outdir: './src/lib/paraglide',
  // `language.ts` chooses which is spoken.
  strategy: ['baseLocale'],
  emitReadme: false,
});

export default defineConfig(({ command }) => ({
  plugins: [
    command === 'serve' && !process.env.VITEST && messages,
    svelte(),
    visitors(),
    compressed(),
  ],
  base: '/static/ui/',
  build: {
    outDir: '../src/librephotos/web/static/ui',
    emptyOutDir: true,
    target: 'es2022',
    // The content security policy forbids data: scripts and styles, so nothing is inlined.
    assetsInlineLimit: 0,
    // One file of styles: none has to be fetched by what is loaded late.
    cssCodeSplit: false,
    modulePreload: { polyfill: false },
    // Visitors who come by a link load none of the code that is for those who sign in.
    rollupOptions: { input: ['index.html', 'visitor.html'] },
  },
  server: { host: '127.0.0.1', proxy: { '/api': server, '/media': server } },
  // Tests run what a browser runs: Svelte for servers has no effects.
  ...(process.env.VITEST ? { resolve: { conditions: ['browser'] } } : {}),
  test: { include: ['src/**/*.test.ts'] },
}));
