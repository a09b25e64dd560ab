import {
  type AvailabilityCode,
  availabilityCodes,
  availabilityTable,
  type ErrorKind,
  errorKinds,
  errorTable,
  errorType,
} from '../src/canonical/errors.ts'
import { errorIntroduction, exampleError, retryDescription } from '../src/http/docs/error-introduction.ts'
import { writeOrCheck } from './write-or-check.ts'

function kindSection(kind: ErrorKind): string {
  const { status, meaning, advice } = errorTable[kind]
  return `### ${kind}

Status ${status}, \`error_type\` \`${errorType(kind)}\`.

${meaning}

What to do: ${advice.charAt(0).toLowerCase()}${advice.slice(1)}
`
}

function codeSection(code: AvailabilityCode): string {
  const { kind, retryable, meaning } = availabilityTable[code]
  return `### ${code}

Status ${errorTable[kind].status}, \`error_type\` \`${errorType(kind)}\`, \`retryable\` \`${retryable}\`.

${meaning}

${retryDescription(retryable)}
`
}

writeOrCheck(
  'docs/errors.md',
  `# Errors

A running gateway serves this page at \`/docs/errors\`.

${errorIntroduction.envelope}

\`\`\`json
${exampleError}
\`\`\`

## Kinds

${errorKinds.map(kindSection).join('\n')}
## Availability

${errorIntroduction.availability}

${availabilityCodes.map(codeSection).join('\n')}`,
)
