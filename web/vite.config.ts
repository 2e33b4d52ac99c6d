import { fileURLToPath } from 'node:url';
import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';

/** Preloads the one font file that every screen needs; other scripts load by unicode-range. */
function preloadFont(): Plugin {
  return {
    name: 'hark-preload-font',
    transformIndexHtml: {
      order: 'post',
      handler(_html, ctx) {
        const file = Object.keys(ctx.bundle ?? {}).find((name) =>
          /inter-latin-wght-normal.*\.woff2$/.test(name),
        );
        if (!file) return [];
        return [
          {
            tag: 'link',
            attrs: {
              rel: 'preload',
              as: 'font',
              type: 'font/woff2',
              href: `/${file}`,
              crossorigin: '',
            },
            injectTo: 'head',
          },
        ];
      },
    },
  };
}

/** The in-memory API stands in for the server in `npm run mock`; it never reaches a build. */
async function mockApi(): Promise<Plugin> {
  const { mockPlugin } = await import('./mock/plugin.ts');
  return mockPlugin();
}

export default defineConfig(async ({ mode }) => ({
  plugins: [react(), tailwindcss(), preloadFont(), ...(mode === 'mock' ? [await mockApi()] : [])],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  server: {
    port: 5173,
    strictPort: true,
    proxy:
      mode === 'mock'
        ? undefined
        : {
            '/api': {
              target: process.env.HARK_API ?? 'http://127.0.0.1:8080',
              changeOrigin: false,
            },
          },
  },
  build: {
    target: 'es2022',
    manifest: true,
    // Fonts and images stay files: the policy has no `data:` for fonts.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  test: {
    environment: 'happy-dom',
    include: ['test/**/*.test.{ts,tsx}', 'src/**/*.test.{ts,tsx}'],
  },
}));
