import { once } from 'node:events'
import { join } from 'node:path'
import { Journal } from '../../src/ledger/journal/journal.ts'
import { lockFile } from '../../src/storage/file-lock.ts'
import { openStorage } from '../../src/storage/open-storage.ts'
import { generationRecord } from '../contract/generation-record.ts'

const [directory = '', name = ''] = process.argv.slice(2)

const { generations, usage, close } = await openStorage(`sqlite:${join(directory, 'waygate.db')}`)
const journal = await Journal.open({
  folder: join(directory, 'journal'),
  durability: 'process',
  lockFile,
  store: generations,
  usage,
  onError: () => {},
})
await journal.settled(generationRecord({ id: `gen-${name}` }))
console.log(`${name} waits ${journal.waiting}`)
process.stdin.resume()
await once(process.stdin, 'end')
await journal.close()
await close()
