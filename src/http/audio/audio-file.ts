import { basename } from 'node:path'
import type { AudioFile } from '../../canonical/generation-request.ts'
import { fullMatch } from '../../util/pattern.ts'
import type { SpooledFile } from './spooled-file.ts'

/** Speech is not understood below this rate: 8 kbit/s. Compressed audio is taken to be as long as that, for a hold. */
const leastBytesPerSecond = 1_000
/** 128 kbit/s, the usual rate of MP3. */
const usualBytesPerSecond = 16_000
const longestName = 100

const mediaTypes: Readonly<Record<string, string>> = {
  mp3: 'audio/mpeg',
  mpga: 'audio/mpeg',
  m4a: 'audio/mp4',
  mp4: 'audio/mp4',
  oga: 'audio/ogg',
  opus: 'audio/ogg',
}

/** Describes a file as audio. `name` is what the client calls it: providers read the format from its ending. */
export function audioFileOf(file: SpooledFile, name: string): AudioFile {
  const plain = basename(name.replaceAll('\\', '/'))
    .replaceAll(/[^\w.-]/g, '_')
    .slice(-longestName)
  const ending = fullMatch(/\.(\w{1,8})$/, plain)?.[1]?.toLowerCase() ?? ''
  const rate = bytesPerSecond(file.beginning)
  return {
    name: plain === '' ? 'audio' : plain,
    mediaType: mediaTypes[ending] ?? (ending === '' ? 'application/octet-stream' : `audio/${ending}`),
    bytes: file.bytes,
    longestSeconds: Math.ceil(file.bytes / (rate ?? leastBytesPerSecond)),
    likelySeconds: Math.ceil(file.bytes / (rate ?? usualBytesPerSecond)),
    read: () => file.read(),
  }
}

/** The numbers of the formats that are played at the rate of their samples: integers, floats, A-law and µ-law. */
const plainFormats: ReadonlySet<number> = new Set([1, 3, 6, 7])
const extensible = 0xff_fe

/**
 * Reads from the head of a WAV file how many bytes are a second of it; null for other files. The client wrote that head, and the audio is as long
 * as a decoder finds it. So it is worked out from the numbers that a decoder goes by: the rate that the head states is ignored by most of them.
 * Source: Microsoft and IBM, Multimedia Programming Interface 1.0, WAVE.
 */
function bytesPerSecond(beginning: Buffer): number | null {
  const isWav =
    beginning.length >= 46 &&
    beginning.subarray(0, 4).toString('latin1') === 'RIFF' &&
    beginning.subarray(8, 16).toString('latin1') === 'WAVEfmt '
  if (!isWav) return null
  const written = beginning.readUInt16LE(20)
  const format = written === extensible ? beginning.readUInt16LE(44) : written
  const rate = beginning.readUInt32LE(24) * beginning.readUInt16LE(22) * Math.floor(beginning.readUInt16LE(34) / 8)
  return plainFormats.has(format) && rate > 0 ? rate : null
}
