import { createCollector, listen } from '@footfall/collector'
import { Hono } from 'hono'

const shop = new Hono()
shop.get('/', (c) => c.text('the shop'))

// The collector is a Hono app: its routes stand beside the shop's own.
const collector = createCollector({ dataDir: process.env.FOOTFALL_DATA_DIR ?? '.data' })
shop.route('/', collector)

await collector.ready
const server = await listen(shop, '127.0.0.1', Number(process.env.PORT ?? 8080))
console.log(`The shop and its collector: ${server.url}`)

process.once('SIGTERM', async () => {
  await server.close()
  await collector.close() // what was received is durable before the process ends
})
