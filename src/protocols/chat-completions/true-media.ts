import { bareData, trueDataUrl, trueFile } from '../vendors/inline-media.ts'
import type { ContentPart } from './schema/content-part.ts'
import type { ChatMessage } from './schema/message.ts'
import type { ChatCompletionsRequest } from './schema/request.ts'

/**
 * Returns a request whose inline media have their true media types and plain base64, so that every protocol gets them right. Returns the
 * request itself where nothing is wrong.
 */
export function withTrueMedia(wire: ChatCompletionsRequest): ChatCompletionsRequest {
  const messages = wire.messages.map(trueMessage)
  return messages.every((message, index) => message === wire.messages[index]) ? wire : { ...wire, messages }
}

function trueMessage(message: ChatMessage): ChatMessage {
  switch (message.role) {
    case 'user':
    case 'assistant':
    case 'tool': {
      const { content } = message
      if (!Array.isArray(content)) return message
      const parts = content.map(truePart)
      return parts.every((part, index) => part === content[index]) ? message : { ...message, content: parts }
    }
    default:
      return message
  }
}

function truePart(part: ContentPart): ContentPart {
  switch (part.type) {
    case 'text':
      return part
    case 'image_url': {
      const url = trueDataUrl(part.image_url.url, 'image')
      return url === part.image_url.url ? part : { ...part, image_url: { ...part.image_url, url } }
    }
    case 'video_url':
    case 'input_video': {
      const url = trueDataUrl(part.video_url.url, 'video')
      return url === part.video_url.url ? part : { ...part, video_url: { ...part.video_url, url } }
    }
    case 'input_audio': {
      const data = bareData(part.input_audio.data)
      return data === part.input_audio.data ? part : { ...part, input_audio: { ...part.input_audio, data } }
    }
    case 'file': {
      const { file_data: said, filename } = part.file
      if (!said) return part
      const file_data = trueFile(said, filename ?? undefined)
      return file_data === said ? part : { ...part, file: { ...part.file, file_data } }
    }
  }
}
