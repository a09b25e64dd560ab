/** The numbers of the formats that are played at the rate of their samples: integers, floats, A-law and µ-law. */
const plainFormats: ReadonlySet<number> = new Set([1, 3, 6, 7])
const extensible = 0xff_fe
/** The most that a sound has. A head that states more was written to make a file seem short. */
const most = { channels: 32, samplesPerSecond: 768_000, bits: 64 }
/** How much of a file is read. */
export const headBytes = 46

/**
 * Reads from the head of a WAV file how many bytes are a second of it; null for other files, and for a head that no sound has. The client
 * wrote that head, and the audio is as long as a decoder finds it. So it is worked out from the numbers that a decoder goes by: the rate
 * that the head states is ignored by most of them. Source: Microsoft and IBM, Multimedia Programming Interface 1.0, WAVE.
 */
export function wavBytesPerSecond(beginning: Buffer): number | null {
  const isWav =
    beginning.length >= headBytes &&
    beginning.subarray(0, 4).toString('latin1') === 'RIFF' &&
    beginning.subarray(8, 16).toString('latin1') === 'WAVEfmt '
  if (!isWav) return null
  const written = beginning.readUInt16LE(20)
  const format = written === extensible ? beginning.readUInt16LE(44) : written
  const channels = beginning.readUInt16LE(22)
  const samplesPerSecond = beginning.readUInt32LE(24)
  const bits = beginning.readUInt16LE(34)
  const isPossible = channels <= most.channels && samplesPerSecond <= most.samplesPerSecond && bits <= most.bits
  const rate = samplesPerSecond * channels * Math.floor(bits / 8)
  return isPossible && plainFormats.has(format) && rate > 0 ? rate : null
}
