import type { Part } from './conversation.ts'

/** In base64 a file of this size fits into a body of 64 MiB, which is the usual limit of the gateway. */
const mostBytes = 40 * 1024 * 1024

/** The kinds of files that can be attached, for the choice of files. */
export const accepted = 'image/*,application/pdf,audio/mpeg,audio/wav,.mp3,.wav,text/*,.md,.csv,.json'

/** Reads a file as a part of a message. */
export async function attach(file: File): Promise<Part> {
  if (file.size > mostBytes) throw new Error(`${file.name} is too large: at most 40 MiB.`)
  const url = await dataUrl(file)
  if (file.type.startsWith('image/')) return { type: 'image_url', image_url: { url } }
  if (file.type.startsWith('audio/')) {
    const format = file.type.includes('wav') ? 'wav' : 'mp3'
    return { type: 'input_audio', input_audio: { data: url.slice(url.indexOf(',') + 1), format } }
  }
  if (file.type === 'application/pdf') return { type: 'file', file: { filename: file.name, file_data: url } }
  return { type: 'text', text: `${file.name}:\n\n${await file.text()}` }
}

function dataUrl(file: File): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader()
    reader.addEventListener('load', () => resolve(typeof reader.result === 'string' ? reader.result : ''))
    reader.addEventListener('error', () => reject(new Error(`${file.name} cannot be read.`)))
    reader.readAsDataURL(file)
  })
}
