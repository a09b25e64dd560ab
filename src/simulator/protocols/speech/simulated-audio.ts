import { hash } from 'node:crypto'
import { audioTypes } from '../../../util/audio-types.ts'
import type { ReplySettings } from '../../reply-settings.ts'
import { simulatedWord, splitTokens } from '../../simulated-text.ts'
import type { Frame, Framing } from '../protocol.ts'

/** The bytes of each word, which sound like noise: 10 ms in 16 bits at 24 kHz. */
const bytesPerWord = 480

/** What begins a file of each format. */
const beginnings: Readonly<Record<string, Buffer>> = {
  mp3: Buffer.from('ID3\u0004\0\0\0\0\0\0', 'latin1'),
  wav: Buffer.from(
    'RIFF\u00ff\u00ff\u00ff\u00ffWAVEfmt \u0010\0\0\0\u0001\0\u0001\0\u00c0\u005d\0\0\u0080\u00bb\0\0\u0002\0\u0010\0data\u00ff\u00ff\u00ff\u00ff',
    'latin1',
  ),
  flac: Buffer.from('fLaC'),
  opus: Buffer.from('OggS'),
}

const types: Readonly<Record<string, string>> = audioTypes

/** Returns the pieces of the audio of a text, one for each word. The same text is the same audio. */
export function simulatedAudio(
  text: string,
  format: string,
  { tokens, chunkLength }: ReplySettings,
): readonly Buffer[] {
  const words = tokens === null ? splitTokens(text) : Array.from({ length: tokens }, (_, word) => simulatedWord(word))
  const sounds = words.map((word) => noise(word, chunkLength ?? bytesPerWord))
  const [first, ...others] = sounds
  return first === undefined ? [] : [Buffer.concat([beginnings[format] ?? Buffer.of(), first]), ...others]
}

function noise(word: string, bytes: number): Buffer {
  const pattern = Buffer.from(hash('sha512', word.trim(), 'hex'), 'hex')
  return Buffer.alloc(bytes, pattern)
}

/** Makes the frames of raw bytes. Each character of a frame is one byte. */
export const audioFrames = (pieces: readonly Buffer[]): readonly Frame[] =>
  pieces.map((piece) => ({ kind: 'content', text: piece.toString('latin1') }))

/** Makes the framing of a stream of bytes. It can express neither a failure nor that the stream is complete. */
export const audioFraming = (format: string): Framing => ({
  contentType: types[format] ?? 'application/octet-stream',
  encoding: 'latin1',
  frame: () => '',
  broken: '',
  comment: '',
})
