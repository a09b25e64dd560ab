/** Checks that every section of the contract, and every principle, that the repository cites exists. */
import { fileURLToPath } from 'node:url'
import { reportCitations } from './find-citations.ts'

const { files, citations, problems } = reportCitations(fileURLToPath(new URL('..', import.meta.url)))

for (const problem of problems) console.error(problem)
// Without this check, a pattern that matches nothing would report no fault.
const isBroken = citations === 0
if (isBroken) console.error(`No citation was found in ${files} files: the search is broken.`)

if (isBroken || problems.length > 0) process.exitCode = 1
else console.log(`${files} files, ${citations} citations: each of a place that exists`)
