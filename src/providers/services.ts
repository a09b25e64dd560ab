import type { Services } from '../protocols/protocol.ts'

/**
 * Servers of the OpenAI family embed, draw, speak and transcribe in OpenAI's language, and rank in that of Jina: vLLM, llama.cpp, SGLang,
 * Infinity, Speaches and others.
 */
export const openAiServices = {
  embeddings: [{ language: 'openai' }],
  rerank: [{ language: 'jina' }],
  images: [{ language: 'openai' }],
  speech: [{ language: 'openai' }],
  transcription: [{ language: 'openai' }],
} as const satisfies Services

/** The images of OpenAI's models. Source: https://developers.openai.com/api/docs/guides/image-generation */
export const openAiImages = [
  {
    language: 'openai',
    streams: true,
    openai: {
      frame: { type: 'size', sizes: ['1024x1024', '1536x1024', '1024x1536'] },
      references: 'form',
      fields: ['quality', 'outputFormat', 'background', 'outputCompression'],
      qualities: ['auto', 'low', 'medium', 'high'],
    },
  },
] as const satisfies Services['images']

/** The images and the speech of Google's models, which are the same at both of its addresses. */
export const googleMedia = {
  images: [
    // https://ai.google.dev/gemini-api/docs/imagen
    { models: /^imagen-/, language: 'imagen', mostImages: 4 },
    // https://ai.google.dev/gemini-api/docs/image-generation
    { models: /image/, language: 'chat', mostImages: 1 },
  ],
  // https://ai.google.dev/gemini-api/docs/speech-generation
  speech: [{ models: /tts/, language: 'chat' }],
} as const satisfies Services

/** Source: https://docs.cohere.com/reference/embed and https://docs.cohere.com/reference/rerank */
export const cohereServices = {
  embeddings: [{ language: 'cohere', maxInputs: 96 }],
  rerank: [{ language: 'cohere' }],
} as const satisfies Services

/** Titan embeds one text a call. Source: https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-embed.html */
export const bedrockServices = {
  embeddings: [
    { models: /(^|\.)amazon\.titan-embed/, language: 'bedrock-titan', maxInputs: 1 },
    { models: /(^|\.)cohere\.embed/, language: 'bedrock-cohere', maxInputs: 96 },
  ],
} as const satisfies Services
