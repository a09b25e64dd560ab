import type { SpeechInput, SpeechTurn } from '../../canonical/generation-request.ts'
import type { Endpoint } from '../../catalog/endpoint.ts'
import type { JsonObject } from '../../util/json.ts'
import { unmetField } from '../vendors/unmet-field.ts'

/** A voice, with the name that its lines are marked with. */
interface Speaker {
  readonly speaker: string
  readonly voice: string
}

/** The voices of a text, in the order of their first turns. */
type Cast = readonly [Speaker, ...Speaker[]]

const usualVoice = 'Kore'
const voiceOf = ({ voice = usualVoice }: SpeechTurn): string => voice

/**
 * Returns the voices of the turns.
 * @throws GatewayError where they are more than this endpoint has in one request.
 */
export function castOf({ turns }: SpeechInput, endpoint: Endpoint, mostVoices: number): Cast {
  const [first = usualVoice, ...others] = new Set(turns.map(voiceOf))
  if (others.length >= mostVoices) {
    const most = mostVoices === 1 ? 'one voice' : `at most ${mostVoices} voices`
    throw unmetField('input', endpoint, `takes ${most} a request`)
  }
  return [
    { speaker: 'Speaker1', voice: first },
    ...others.map((voice, index) => ({ speaker: `Speaker${index + 2}`, voice })),
  ]
}

const speakerOf = (turn: SpeechTurn, cast: Cast): string | undefined =>
  cast.find(({ voice }) => voice === voiceOf(turn))?.speaker

/**
 * Returns the turns as parts of Google's, for models that read them aloud word by word and take speaker and style in fields of their own.
 * Source: https://docs.cloud.google.com/gemini-enterprise-agent-platform/models/text-to-speech/migration-guide
 */
export const linesOf = ({ turns }: SpeechInput, cast: Cast): readonly JsonObject[] =>
  turns.map((turn) => ({
    text: turn.text,
    speechMetadata: { speaker: cast.length > 1 ? speakerOf(turn, cast) : undefined, style: turn.instructions },
  }))

/**
 * Returns the turns as one prompt, for models that read in it who speaks, and how.
 * Source: https://ai.google.dev/gemini-api/docs/speech-generation
 * @throws GatewayError where one voice is to speak in several ways, which such a prompt cannot say.
 */
export function promptOf({ turns }: SpeechInput, cast: Cast, endpoint: Endpoint): string {
  const styles = cast.flatMap(({ speaker, voice }) => {
    const wanted = turns.filter((turn) => voiceOf(turn) === voice).map(({ instructions }) => instructions)
    const [style, ...others] = new Set(wanted)
    if (others.length > 0) throw unmetField('input', endpoint, 'takes one instruction for each voice')
    return style === undefined ? [] : [{ speaker, style }]
  })
  if (cast.length === 1)
    return [...styles.map(({ style }) => `${style}\n`), ...turns.map(({ text }) => text)].join('\n')
  return [
    ...styles.map(({ speaker, style }) => `How ${speaker} sounds: ${style}`),
    `TTS the following conversation between ${cast.map(({ speaker }) => speaker).join(' and ')}:`,
    ...turns.map((turn) => `${speakerOf(turn, cast)}: ${turn.text}`),
  ].join('\n')
}
