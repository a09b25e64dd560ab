import { openStorage } from '../../src/storage/open-storage.ts'

const [url = '', startAt = '0'] = process.argv.slice(2)
// The modules are loaded by now: all processes begin at the same moment.
while (Date.now() < Number(startAt)) await new Promise((resolve) => setTimeout(resolve, 1))
const storage = await openStorage(url)
await storage.keys.list()
await storage.close()
