import { basename } from 'node:path'
import type { AudioFile } from '../../canonical/generation-request.ts'
import { leastBytesPerSecond } from '../../canonical/media-tokens.ts'
import { audioTypes } from '../../util/audio-types.ts'
import { fullMatch } from '../../util/pattern.ts'
import { wavBytesPerSecond } from '../../util/wav-head.ts'
import type { SpooledFile } from './spooled-file.ts'

/** 128 kbit/s, the usual rate of MP3. */
const usualBytesPerSecond = 16_000
const longestName = 100

const mediaTypes: Readonly<Record<string, string>> = {
  ...audioTypes,
  mpga: 'audio/mpeg',
  m4a: 'audio/mp4',
  mp4: 'audio/mp4',
  oga: 'audio/ogg',
}

/**
 * Describes a file as audio. For a hold, compressed audio is taken to be as long as its bytes allow.
 * @param name The name that the client gave it: providers read the format from its ending.
 */
export function audioFileOf(file: SpooledFile, name: string): AudioFile {
  const plain = basename(name.replaceAll('\\', '/'))
    .replaceAll(/[^\w.-]/g, '_')
    .slice(-longestName)
  const ending = fullMatch(/\.(\w{1,8})$/, plain)?.[1]?.toLowerCase() ?? ''
  // A file is decoded as what its name tells: the head of a WAV file before another sound says nothing of its length.
  const rate = ending === 'wav' || ending === 'wave' ? wavBytesPerSecond(file.beginning) : null
  return {
    name: plain === '' ? 'audio' : plain,
    mediaType: mediaTypes[ending] ?? (ending === '' ? 'application/octet-stream' : `audio/${ending}`),
    bytes: file.bytes,
    longestSeconds: Math.ceil(file.bytes / (rate ?? leastBytesPerSecond)),
    likelySeconds: Math.ceil(file.bytes / (rate ?? usualBytesPerSecond)),
    read: () => file.read(),
  }
}
