import type { CatalogEntry, CatalogEntryEndpoint } from '../../src/catalog/catalog-entry.ts'
import type { PriceList } from '../../src/catalog/price-kinds.ts'

/**
 * The models that make images, speak and transcribe. The collected sources have few of them, and mostly without prices, so that this list is
 * kept by hand, each price with its source. Prices are USD: tokens and characters per million, images each, audio per second.
 */

const litellm = 'litellm 2026-07-24'
const genai = 'genai-prices 2026-08-21'
const google = 'models.dev 2026-07-02'
const xai = 'https://www.atlascloud.ai/zh/blog/guides/xai-grok-api-image-generation 2026-11-29'
const together = 'https://www.workflowlab.dev/cost/flux-schnell-together 2026-11-29'
const deepinfra = 'https://ostt.ai/reference/providers/deepinfra 2026-11-29'
const elevenlabs = 'https://developer.puter.com/tutorials/elevenlabs-api-pricing/ 2026-11-29'
const mistral = 'https://openrouter.onee.io/mistralai/voxtral-mini-transcribe/api 2026-11-29'

const at = (
  provider: string,
  model: string,
  source: string,
  pricing: PriceList,
  more: Partial<CatalogEntryEndpoint> = {},
): CatalogEntryEndpoint => ({ provider, model, pricing, ...more, source })

type Facts = Pick<CatalogEntry, 'created'> & Partial<CatalogEntry>

const painter = (slug: string, name: string, facts: Facts, ...endpoints: CatalogEntryEndpoint[]): CatalogEntry => ({
  slug,
  name,
  inputModalities: ['text'],
  outputModalities: ['image'],
  reasoning: false,
  ...facts,
  source: endpoints[0]?.source,
  endpoints,
})

const speaker = (slug: string, name: string, facts: Facts, ...endpoints: CatalogEntryEndpoint[]): CatalogEntry => ({
  ...painter(slug, name, facts, ...endpoints),
  outputModalities: ['speech'],
})

const scribe = (slug: string, name: string, facts: Facts, ...endpoints: CatalogEntryEndpoint[]): CatalogEntry => ({
  ...painter(slug, name, facts, ...endpoints),
  inputModalities: ['audio'],
  outputModalities: ['transcription'],
})

const edits = ['text', 'image']
const perMinute = (usd: number): PriceList => ({ audioSecond: usd / 60 })
const perHour = (usd: number): PriceList => ({ audioSecond: usd / 3600 })
/** The largest image of the highest quality: 1536x1024. */
const mostImageTokens = 6_240
/** Text of images is charged as `completion`; images are what they make, so that none is expected. */
const gptImage = (prompt: number, imageToken: number, imageOutput: number, cached: number): PriceList => ({
  prompt,
  imageToken,
  imageOutput,
  inputCacheRead: cached,
})

export const mediaModels: readonly CatalogEntry[] = [
  painter(
    'openai/gpt-image-2',
    'GPT Image 2',
    { created: '2026-04-21', inputModalities: edits },
    at('openai', 'gpt-image-2', litellm, gptImage(5, 8, 30, 1.25), { maxCompletionTokens: mostImageTokens }),
  ),
  painter(
    'openai/gpt-image-1.5',
    'GPT Image 1.5',
    { created: '2025-12-16', inputModalities: edits },
    at('openai', 'gpt-image-1.5', litellm, gptImage(5, 8, 32, 1.25), { maxCompletionTokens: mostImageTokens }),
  ),
  painter(
    'openai/gpt-image-1',
    'GPT Image 1',
    { created: '2025-04-24', inputModalities: edits },
    at('openai', 'gpt-image-1', litellm, gptImage(5, 10, 40, 1.25), { maxCompletionTokens: mostImageTokens }),
  ),
  painter(
    'openai/gpt-image-1-mini',
    'GPT Image 1 Mini',
    { created: '2025-10-06', inputModalities: edits },
    at('openai', 'gpt-image-1-mini', litellm, gptImage(2, 2.5, 8, 0.2), { maxCompletionTokens: mostImageTokens }),
  ),
  painter(
    'google/gemini-2.5-flash-image',
    'Gemini 2.5 Flash Image',
    { created: '2025-08-26', inputModalities: edits, outputModalities: ['text', 'image'], contextLength: 32_768 },
    at('google-ai-studio', 'gemini-2.5-flash-image', google, { prompt: 0.3, completion: 2.5, imageOutput: 30 }),
    at('google-vertex', 'gemini-2.5-flash-image', google, { prompt: 0.3, completion: 2.5, imageOutput: 30 }),
  ),
  painter(
    'google/gemini-3-pro-image-preview',
    'Gemini 3 Pro Image Preview',
    { created: '2025-11-20', inputModalities: edits, outputModalities: ['text', 'image'], contextLength: 65_536 },
    at('google-ai-studio', 'gemini-3-pro-image-preview', google, { prompt: 2, completion: 12, imageOutput: 120 }),
  ),
  painter(
    'google/gemini-3.1-flash-image-preview',
    'Gemini 3.1 Flash Image Preview',
    { created: '2026-02-26', inputModalities: edits, outputModalities: ['text', 'image'], contextLength: 65_536 },
    at('google-ai-studio', 'gemini-3.1-flash-image-preview', google, { prompt: 0.5, completion: 3, imageOutput: 60 }),
  ),
  painter(
    'google/imagen-4',
    'Imagen 4',
    { created: '2025-08-14' },
    at('google-ai-studio', 'imagen-4.0-generate-001', litellm, { outputImage: 0.04 }),
  ),
  painter(
    'google/imagen-4-fast',
    'Imagen 4 Fast',
    { created: '2025-08-14' },
    at('google-ai-studio', 'imagen-4.0-fast-generate-001', litellm, { outputImage: 0.02 }),
  ),
  painter(
    'google/imagen-4-ultra',
    'Imagen 4 Ultra',
    { created: '2025-08-14' },
    at('google-ai-studio', 'imagen-4.0-ultra-generate-001', litellm, { outputImage: 0.06 }),
  ),
  painter(
    'x-ai/grok-imagine-image',
    'Grok Imagine Image',
    { created: '2026-01-28', inputModalities: edits },
    at('xai', 'grok-imagine-image', xai, { outputImage: 0.02 }),
  ),
  painter(
    'x-ai/grok-imagine-image-quality',
    'Grok Imagine Image Quality',
    { created: '2026-04-03', inputModalities: edits },
    at('xai', 'grok-imagine-image-quality', xai, { outputImage: 0.05 }),
  ),
  painter(
    'black-forest-labs/flux.1-schnell',
    'FLUX.1 schnell',
    { created: '2024-08-01', openWeights: true },
    // At the default of four steps, and a square of 1,024 pixels.
    at('together', 'black-forest-labs/FLUX.1-schnell', together, { outputImage: 0.0027 }),
    at(
      'fireworks',
      'accounts/fireworks/models/flux-1-schnell-fp8',
      litellm,
      { outputImage: 0.0014 },
      { quantization: 'fp8' },
    ),
  ),
  painter(
    'black-forest-labs/flux.1-dev',
    'FLUX.1 dev',
    { created: '2024-08-01', openWeights: true },
    at(
      'fireworks',
      'accounts/fireworks/models/flux-1-dev-fp8',
      litellm,
      { outputImage: 0.014 },
      { quantization: 'fp8' },
    ),
  ),
  speaker('openai/tts-1', 'TTS-1', { created: '2023-11-06' }, at('openai', 'tts-1', litellm, { character: 15 })),
  speaker(
    'openai/tts-1-hd',
    'TTS-1 HD',
    { created: '2023-11-06' },
    at('openai', 'tts-1-hd', litellm, { character: 30 }),
  ),
  speaker(
    'openai/gpt-4o-mini-tts',
    'GPT-4o mini TTS',
    { created: '2025-03-20' },
    at('openai', 'gpt-4o-mini-tts', genai, { prompt: 0.6, audioOutput: 12 }, { maxCompletionTokens: 16_000 }),
  ),
  speaker(
    'google/gemini-2.5-flash-preview-tts',
    'Gemini 2.5 Flash TTS Preview',
    { created: '2025-05-20' },
    at(
      'google-ai-studio',
      'gemini-2.5-flash-preview-tts',
      google,
      { prompt: 0.5, audioOutput: 10 },
      { maxCompletionTokens: 16_384 },
    ),
  ),
  speaker(
    'google/gemini-2.5-pro-preview-tts',
    'Gemini 2.5 Pro TTS Preview',
    { created: '2025-05-20' },
    at(
      'google-ai-studio',
      'gemini-2.5-pro-preview-tts',
      google,
      { prompt: 1, audioOutput: 20 },
      { maxCompletionTokens: 16_384 },
    ),
  ),
  speaker(
    'elevenlabs/eleven-v3',
    'Eleven v3',
    { created: '2025-06-05' },
    at('elevenlabs', 'eleven_v3', elevenlabs, { character: 100 }),
  ),
  speaker(
    'elevenlabs/eleven-multilingual-v2',
    'Eleven Multilingual v2',
    { created: '2023-08-22' },
    at('elevenlabs', 'eleven_multilingual_v2', elevenlabs, { character: 100 }),
  ),
  speaker(
    'elevenlabs/eleven-flash-v2.5',
    'Eleven Flash v2.5',
    { created: '2024-12-18' },
    at('elevenlabs', 'eleven_flash_v2_5', elevenlabs, { character: 50 }),
  ),
  scribe(
    'openai/whisper-1',
    'Whisper',
    { created: '2023-03-01' },
    at('openai', 'whisper-1', litellm, perMinute(0.006)),
  ),
  scribe(
    'openai/gpt-4o-transcribe',
    'GPT-4o Transcribe',
    { created: '2025-03-20' },
    at('openai', 'gpt-4o-transcribe', genai, { prompt: 2.5, audio: 6, completion: 10 }, { maxCompletionTokens: 2_000 }),
  ),
  scribe(
    'openai/gpt-4o-mini-transcribe',
    'GPT-4o mini Transcribe',
    { created: '2025-03-20' },
    at(
      'openai',
      'gpt-4o-mini-transcribe',
      genai,
      { prompt: 1.25, audio: 3, completion: 5 },
      { maxCompletionTokens: 2_000 },
    ),
  ),
  scribe(
    'openai/gpt-4o-transcribe-diarize',
    'GPT-4o Transcribe Diarize',
    { created: '2025-10-15' },
    at(
      'openai',
      'gpt-4o-transcribe-diarize',
      litellm,
      { prompt: 2.5, audio: 6, completion: 10 },
      { maxCompletionTokens: 2_000 },
    ),
  ),
  scribe(
    'openai/whisper-large-v3',
    'Whisper Large v3',
    { created: '2023-11-06', openWeights: true },
    at('groq', 'whisper-large-v3', litellm, perHour(0.111)),
  ),
  scribe(
    'openai/whisper-large-v3-turbo',
    'Whisper Large v3 Turbo',
    { created: '2024-10-01', openWeights: true },
    at('deepinfra', 'openai/whisper-large-v3-turbo', deepinfra, perMinute(0.0002)),
    at('groq', 'whisper-large-v3-turbo', litellm, perHour(0.04)),
  ),
  scribe(
    'mistralai/voxtral-mini-transcribe',
    'Voxtral Mini Transcribe',
    { created: '2026-02-04' },
    at('mistral', 'voxtral-mini-2602', mistral, perMinute(0.003)),
  ),
  scribe(
    'elevenlabs/scribe-v2',
    'Scribe v2',
    { created: '2026-01-09' },
    at('elevenlabs', 'scribe_v2', elevenlabs, perHour(0.22)),
  ),
  scribe(
    'elevenlabs/scribe-v1',
    'Scribe v1',
    { created: '2025-02-26' },
    at('elevenlabs', 'scribe_v1', elevenlabs, perHour(0.22)),
  ),
]
