import tailwind from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

export default defineConfig({
  plugins: [react(), tailwind()],
  // The addresses are relative, so that the console works below any path of a reverse proxy.
  base: './',
  build: {
    target: 'es2023',
    // The policy of the page allows no content in its addresses but images.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 700,
  },
  // `npx vite` shows the pages of the sources with the data of a gateway that runs on this machine.
  server: { proxy: { '/api': 'http://127.0.0.1:8402' } },
})
