import {
  type AvailabilityCode,
  availabilityCodes,
  availabilityTable,
  type ErrorKind,
  errorKinds,
  errorTable,
  errorType,
} from '../../canonical/errors.ts'
import { errorIntroduction, exampleError, retryDescription } from './error-introduction.ts'
import { type Markup, markup } from './markup.ts'
import { page } from './page.ts'
import { paragraphs, sentence } from './prose.ts'

/** Renders the error reference. `availability.docs_url` links to its entries. */
export function errorsPage(): string {
  const links = (names: readonly string[]) => names.map((name) => ({ address: `#${name}`, text: name }))
  return page(
    'Errors',
    [
      { heading: 'Kinds', links: links(errorKinds) },
      { heading: 'Availability', links: links(availabilityCodes) },
    ],
    markup`${paragraphs(errorIntroduction.envelope)}
<pre><code>${exampleError}</code></pre>
<h2>Kinds</h2>
${errorKinds.map(kindEntry)}
<h2>Availability</h2>
${paragraphs(errorIntroduction.availability)}
${availabilityCodes.map(codeEntry)}`,
  )
}

function kindEntry(kind: ErrorKind): Markup {
  const { status, meaning, advice } = errorTable[kind]
  return markup`<section class="entry" id="${kind}">
<h3><code>${errorType(kind)}</code> <span class="soft">${status}</span></h3>
<p>${sentence(meaning)}</p>
<p>What to do: ${sentence(advice.charAt(0).toLowerCase() + advice.slice(1))}</p>
</section>
`
}

function codeEntry(code: AvailabilityCode): Markup {
  const { kind, retryable, meaning } = availabilityTable[code]
  return markup`<section class="entry" id="${code}">
<h3><code>${code}</code> <span class="soft">${errorTable[kind].status}</span></h3>
<p>${sentence(meaning)}</p>
<p>${sentence(retryDescription(retryable))} Its kind is <a href="#${kind}"><code>${errorType(kind)}</code></a>.</p>
</section>
`
}
