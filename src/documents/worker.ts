import { extname } from 'node:path'
import { Worker } from 'node:worker_threads'
import { failureOf } from './document-error.ts'
import type { DocumentJob, DocumentOutcome } from './job.ts'
import { readPage } from './pages/read-page.ts'
import { readPdf } from './pdf/read-pdf.ts'

/*
 * The process that reads documents. A document may take seconds or all memory, and may be made to: the gateway must not be blocked or end
 * with it, and this process can be ended at any point.
 */

const [maxMemoryMb] = process.argv.slice(2)
const watch = new Worker(new URL(`./memory-watch${extname(import.meta.url)}`, import.meta.url), {
  workerData: { maxBytes: Number(maxMemoryMb) * 1_048_576, parent: process.ppid },
  resourceLimits: { maxOldGenerationSizeMb: 8, maxYoungGenerationSizeMb: 1 },
})
watch.unref()

process.on('message', (job: DocumentJob) => void answer(job))
// A key press in the terminal reaches this process too. The gateway ends it once its requests are done.
process.on('SIGINT', () => {})

async function answer(job: DocumentJob): Promise<void> {
  process.send?.(await outcomeOf(job))
}

async function outcomeOf(job: DocumentJob): Promise<DocumentOutcome> {
  try {
    return job.type === 'page' ? await readPage(job) : await readPdf(job)
  } catch (error) {
    return failureOf(error)
  }
}
