import { openStorage } from '../../src/storage/open-storage.ts'
import { generationRecord } from './generation-record.ts'

const [task, url = '', name = '', count = '0'] = process.argv.slice(2)
const storage = await openStorage(url)

if (task === 'append') {
  for (let index = 0; index < Number(count); index++) {
    storage.generations.append(generationRecord({ id: `${name}-${index}` }))
    if (index % 50 === 0) await storage.generations.flush()
  }
  await storage.close()
}

/** Runs until it is killed, and prints the number of each record once the storage has confirmed it. */
if (task === 'append-and-tell') {
  for (let index = 0; ; index++) {
    storage.generations.append(generationRecord({ id: `${name}-${index}` }))
    await storage.generations.flush()
    console.log(index)
  }
}

if (task === 'insert-key') {
  await storage.keys.insert(JSON.parse(name))
  await storage.close()
}
