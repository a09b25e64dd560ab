import { parentPort } from 'node:worker_threads'
import { failureOf } from './document-error.ts'
import type { DocumentJob, DocumentOutcome } from './job.ts'
import { readPage } from './pages/read-page.ts'

/*
 * The thread that reads documents. A document may take seconds or all memory, and may be made to: the thread that answers requests must not
 * be blocked, and this one can be ended at any point.
 */

parentPort?.on('message', (job: DocumentJob) => void answer(job))

async function answer(job: DocumentJob): Promise<void> {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
  parentPort?.postMessage(await outcomeOf(job))
}

async function outcomeOf(job: DocumentJob): Promise<DocumentOutcome> {
  try {
    if (job.type === 'page') return await readPage(job)
    const { readPdf } = await import('./pdf/read-pdf.ts')
    return await readPdf(job)
  } catch (error) {
    return failureOf(error)
  }
}
