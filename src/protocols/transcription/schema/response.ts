import { Type } from 'typebox'

const Seconds = Type.Number({ description: 'Seconds from the beginning.' })
const Speaker = Type.Optional(Type.String({ description: 'Who speaks, where speakers are told apart.' }))

const transcript = {
  text: Type.String(),
  task: Type.Optional(Type.Enum(['transcribe', 'translate'])),
  language: Type.Optional(Type.String()),
  duration: Type.Optional(Type.Number({ description: 'Seconds.' })),
  language_confidence: Type.Optional(Type.Number()),
  segments: Type.Optional(
    Type.Array(
      Type.Object({ id: Type.Integer(), start: Seconds, end: Seconds, text: Type.String(), speaker_label: Speaker }),
    ),
  ),
  words: Type.Optional(
    Type.Array(
      Type.Object({
        word: Type.String(),
        start: Seconds,
        end: Seconds,
        type: Type.Optional(Type.Enum(['word', 'audio_event'])),
        confidence: Type.Optional(Type.Number()),
        speaker_label: Speaker,
      }),
    ),
  ),
  usage: Type.Optional(
    Type.Object({
      type: Type.Enum(['tokens', 'duration'], { description: 'What is charged.' }),
      seconds: Type.Optional(Type.Number({ description: 'The length of the audio.' })),
      input_tokens: Type.Optional(Type.Integer()),
      output_tokens: Type.Optional(Type.Integer()),
      total_tokens: Type.Optional(Type.Integer()),
      cost: Type.Optional(Type.Number({ description: 'USD.' })),
    }),
  ),
}

/** Source: contract §8.B. */
export const TranscriptionResponseSchema = Type.Object(transcript, { title: 'TranscriptionResponse' })

/** Source: https://platform.openai.com/docs/api-reference/audio/transcript-text-delta-event and the pages beside it. */
export const TranscriptionEventSchema = Type.Union(
  [
    Type.Object({ type: Type.Literal('transcript.text.delta'), delta: Type.String() }),
    Type.Object({ type: Type.Literal('transcript.text.done'), ...transcript }),
    Type.Object({
      type: Type.Literal('error'),
      error: Type.Object({
        code: Type.String({ description: 'The HTTP status that the failure would have been.' }),
        message: Type.String(),
        type: Type.String(),
      }),
    }),
  ],
  { title: 'TranscriptionEvent' },
)
