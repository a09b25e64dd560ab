import type { TranscriptionInput } from '../../canonical/generation-request.ts'
import type { Endpoint } from '../../catalog/endpoint.ts'
import { unmetField } from '../vendors/unmet-field.ts'

/** What an endpoint can be asked for besides the text in the language that is spoken. */
interface Abilities {
  readonly translate: boolean
  readonly verbose: boolean
  readonly words: boolean
  readonly diarize: boolean
  readonly keyterms: boolean
}

/**
 * Refuses what an endpoint cannot do: a transcript without what was asked for would look complete (contract §8.B). Another endpoint may do it.
 * @throws GatewayError 400
 */
export function refuseUnsupported(input: TranscriptionInput, able: Abilities, endpoint: Endpoint): void {
  const refuse = (path: string, what: string): never => {
    throw unmetField(path, endpoint, what)
  }
  if (input.task === 'translate' && !able.translate) refuse('model', 'translates nothing')
  if (input.format === 'verbose_json' && !able.verbose) refuse('response_format', 'has only json')
  if (input.granularities?.includes('word') === true && !able.words) refuse('timestamp_granularities', 'times no words')
  if (input.diarize === true && !able.diarize) refuse('diarize', 'does not tell speakers apart')
  if ((input.keyterms?.length ?? 0) > 0 && !able.keyterms) refuse('keyterms', 'takes none')
}
