import { toRecordText } from '../../src/canonical/record-text.ts'
import { openStorage } from '../../src/storage/open-storage.ts'
import { generationRecord } from './generation-record.ts'

const [task, url = '', name = '', count = '0'] = process.argv.slice(2)
const storage = await openStorage(url)

const write = (index: number): Promise<void> =>
  storage.generations.write([toRecordText(generationRecord({ id: `${name}-${index}` }))])

if (task === 'write') {
  for (let index = 0; index < Number(count); index++) await write(index)
  await storage.close()
}

/** Runs until it is killed, and prints the number of each record once the storage has confirmed it. */
if (task === 'write-and-tell') {
  for (let index = 0; ; index++) {
    await write(index)
    console.log(index)
  }
}

if (task === 'insert-key') {
  await storage.keys.insert(JSON.parse(name))
  await storage.close()
}
