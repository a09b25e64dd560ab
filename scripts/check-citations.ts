/** Checks that every section of the contract, and every principle, that the repository cites exists. */
import { fileURLToPath } from 'node:url'
import { reportCitations } from './find-citations.ts'

const { files, citations, problems } = reportCitations(fileURLToPath(new URL('..', import.meta.url)))

for (const problem of problems) console.error(problem)
// A pattern that finds nothing would find nothing wrong.
const blind = citations === 0
if (blind) console.error(`No citation was found in ${files} files: the search is broken.`)

if (blind || problems.length > 0) process.exitCode = 1
else console.log(`${files} files, ${citations} citations: each of a place that exists`)
