import { defineConfig } from 'vite'

// For `npm run dev`: the collector's routes under the storefront's own address, as a proxy gives them to a real shop. The collector
// takes events of its own host's pages, so it must see the host that the page was loaded from.
export default defineConfig({
  server: { proxy: { '/v1': { target: 'http://127.0.0.1:8080', changeOrigin: false } } },
})
