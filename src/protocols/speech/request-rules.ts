import type { Issue } from '../../canonical/errors.ts'
import { sharedRules } from '../gateway-fields/schema/request-rules.ts'
import type { SpeechRequestBody } from './schema/request.ts'

type Reference = NonNullable<SpeechRequestBody['input_references']>[number]

const mostClips = 3

/** Checks the rules between the fields of a request, for a body that matches the schema. */
export const speechRequestRules = ({ trace, input_references: references }: SpeechRequestBody): readonly Issue[] => [
  ...sharedRules({ trace }),
  ...(references ? referenceRules(references) : []),
]

/** One to three clips, each followed by its transcript, or exactly one image (contract §8.B). */
function referenceRules(references: readonly Reference[]): readonly Issue[] {
  const path = 'input_references'
  const [first, ...others] = references
  if (first?.type === 'image_url') {
    const hasOthers =
      others.length > 0 ? [{ path, message: 'must be one image alone, or clips with their transcripts' }] : []
    return [...hasOthers, ...(first.image_url ? [] : [{ path: `${path}[0].image_url`, message: 'is required' }])]
  }
  if (references.length > 2 * mostClips) return [{ path, message: `must have at most ${mostClips} clips` }]
  return references.flatMap((reference, index): readonly Issue[] => {
    const expected = index % 2 === 0 ? 'input_audio' : 'text'
    if (reference.type !== expected) {
      return [
        { path: `${path}[${index}].type`, message: `must be ${expected}: each clip is followed by its transcript` },
      ]
    }
    if (expected === 'text') {
      return reference.text ? [] : [{ path: `${path}[${index}].text`, message: 'is required' }]
    }
    const isLast = index === references.length - 1
    const { data, url } = reference.input_audio ?? {}
    return [
      ...(isLast
        ? [{ path: `${path}[${index}]`, message: 'must be followed by its transcript, a reference of type text' }]
        : []),
      ...((data == null) === (url == null)
        ? [{ path: `${path}[${index}].input_audio`, message: 'must have either data or url' }]
        : []),
    ]
  })
}
