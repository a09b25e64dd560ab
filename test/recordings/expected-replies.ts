import type { ReplyFolder } from './replay.ts'

/** The content of a reply, read from it by hand. */
export interface ExpectedReply {
  /** The length in UTF-16 units and the beginning of the SHA-256, where the text is the provider's. */
  readonly text?: readonly [number, string] | string
  readonly reasoning?: readonly [number, string] | string
  readonly calls?: readonly { readonly id: string; readonly name: string; readonly arguments: string }[]
  readonly citations?: readonly string[]
  readonly finish: string
  readonly native?: string
  readonly usage: {
    readonly prompt: number
    readonly completion: number
    readonly reasoning?: number
    readonly cached?: number
    /** USD, where the provider reports what it charges. */
    readonly cost?: number
  }
  readonly fingerprint?: string
  readonly tier?: string
}

const sanFrancisco = [
  'https://populationstat.com/united-states/san-francisco',
  'https://en.wikipedia.org/wiki/San_Francisco',
]
const counties = [
  'https://worldpopulationreview.com/us-cities/california/san-francisco',
  'https://worldpopulationreview.com/us-counties/california/san-francisco-county',
]

const recorded: Readonly<Record<string, ExpectedReply>> = {
  'alibaba/alibaba-tool-call.json': {
    calls: [{ id: 'call_962bfd2ab8f54b89a1161356', name: 'weather', arguments: '{"location": "San Francisco"}' }],
    finish: 'tool_calls',
    usage: { prompt: 295, completion: 22 },
  },
  'alibaba/alibaba-tool-call.chunks.txt': {
    calls: [{ id: 'call_eee11723464a4b9eb8cee71d', name: 'weather', arguments: '{"location": "San Francisco"}' }],
    finish: 'tool_calls',
    usage: { prompt: 295, completion: 22 },
  },
  'deepseek/deepseek-reasoning.json': {
    text: [107, '30d7e2a8ff04fb28'],
    reasoning: [935, '5d222a8c19bc857e'],
    finish: 'stop',
    usage: { prompt: 18, completion: 345, reasoning: 315 },
    fingerprint: 'fp_eaab8d114b_prod0820_fp8_kvcache',
  },
  'deepseek/deepseek-reasoning.chunks.txt': {
    text: 'The word "strawberry" contains three "r"s.',
    reasoning: [606, '01a5d04ca7e849fd'],
    finish: 'stop',
    usage: { prompt: 18, completion: 219, reasoning: 205 },
    fingerprint: 'fp_eaab8d114b_prod0820_fp8_kvcache',
  },
  'deepseek/deepseek-text.json': {
    text: [1375, '98a13b04aa9efed6'],
    finish: 'length',
    usage: { prompt: 13, completion: 300 },
    fingerprint: 'fp_eaab8d114b_prod0820_fp8_kvcache',
  },
  'deepseek/deepseek-text.chunks.txt': {
    text: [1855, '2293daa9001bc91d'],
    finish: 'length',
    usage: { prompt: 13, completion: 400 },
    fingerprint: 'fp_eaab8d114b_prod0820_fp8_kvcache',
  },
  'groq/groq-text.json': {
    text: [2953, '3cb2fb56b7cc26b3'],
    finish: 'stop',
    usage: { prompt: 45, completion: 607 },
    fingerprint: 'fp_f8b414701e',
    tier: 'default',
  },
  'groq/groq-text.chunks.txt': {
    text: [3189, 'ca1f8ad858e90cfa'],
    finish: 'stop',
    usage: { prompt: 45, completion: 662 },
    fingerprint: 'fp_f8b414701e',
  },
  'groq/groq-tool-call.json': {
    calls: [{ id: 'ax9fskhev', name: 'weather', arguments: '{}' }],
    finish: 'tool_calls',
    usage: { prompt: 218, completion: 15 },
    fingerprint: 'fp_f8b414701e',
    tier: 'default',
  },
  'mistral/mistral-text.json': {
    text: [1926, '744e3a012c895d61'],
    finish: 'stop',
    usage: { prompt: 13, completion: 434 },
  },
  'mistral/mistral-text.chunks.txt': {
    text: 'Hello, world! This is a test response.',
    finish: 'stop',
    usage: { prompt: 13, completion: 8 },
  },
  'mistral/mistral-reasoning.json': {
    text: '2 + 2 = 4',
    reasoning: 'The user is asking for 2+2. This is basic arithmetic. 2+2=4.',
    finish: 'stop',
    usage: { prompt: 10, completion: 46 },
  },
  'mistral/mistral-reasoning.chunks.txt': {
    text: '2 + 2 = 4',
    reasoning: 'The user is asking for 2+2. This is basic arithmetic. 2+2=4.',
    finish: 'stop',
    usage: { prompt: 10, completion: 46 },
  },
  'moonshotai/moonshotai-text.json': { text: 'Hello, world!', finish: 'stop', usage: { prompt: 9, completion: 5 } },
  'moonshotai/moonshotai-tool-call.json': {
    calls: [{ id: 'call_abc123', name: 'get_weather', arguments: '{"city":"Paris"}' }],
    finish: 'tool_calls',
    usage: { prompt: 30, completion: 12 },
  },
  'moonshotai/moonshotai-stream.chunks.txt': {
    text: 'Hello!',
    reasoning: 'Thinking aloud. ',
    finish: 'stop',
    usage: { prompt: 9, completion: 12, reasoning: 7 },
  },
  'openai/openai-text.json': {
    text: [1842, '0bd93e941831fcdd'],
    finish: 'stop',
    usage: { prompt: 16, completion: 363 },
    fingerprint: 'fp_de604bd877',
    tier: 'default',
  },
  'openai/openai-text.chunks.txt': {
    text: [1724, '53b2d9e583d02b3f'],
    finish: 'stop',
    usage: { prompt: 16, completion: 300 },
    fingerprint: 'fp_de604bd877',
    tier: 'default',
  },
  'perplexity/perplexity-citations.json': {
    text: [952, '24f50d21f943b6c4'],
    citations: [
      ...sanFrancisco,
      'https://www.california-demographics.com/cities_by_population',
      'https://wfin.com/fox-sports/pat-mcafee-says-san-francisco-wasnt-the-s-hole-he-thought-it-may-be-during-super-bowl-week/',
      'https://fred.stlouisfed.org/series/CASANF0POP',
      ...counties,
    ],
    finish: 'stop',
    usage: { prompt: 10, completion: 251 },
  },
  'perplexity/perplexity-citations.chunks.txt': {
    text: 'The current population of **[2][3]',
    citations: [
      ...sanFrancisco,
      'https://fred.stlouisfed.org/graph/?g=4K5j',
      'https://www.california-demographics.com/cities_by_population',
      ...counties,
      'https://www.worldometers.info/world-population/us-population/',
    ],
    finish: 'stop',
    usage: { prompt: 10, completion: 336 },
  },
  // xAI does not include reasoning in completion_tokens: 1 + 228 and 1 + 290.
  'xai/xai-text.json': {
    text: 'Hello',
    reasoning: [189, '2cfc69b35d08b499'],
    finish: 'stop',
    usage: { prompt: 12, completion: 229, reasoning: 228, cached: 2, cost: 0.00011765 },
    fingerprint: 'fp_2a885414fb',
  },
  'xai/xai-text.chunks.txt': {
    text: 'Hello',
    reasoning: 'First, the user said',
    finish: 'stop',
    usage: { prompt: 12, completion: 291, reasoning: 290, cached: 11, cost: 0.000146625 },
    fingerprint: 'fp_2a885414fb',
  },
}

const tides = ['https://harbour.example/tides', 'https://almanac.example/2031']

const ours: Readonly<Record<string, ExpectedReply>> = {
  'alibaba/alibaba-tool-call.json': {
    calls: [{ id: 'call_0000ali1', name: 'tide', arguments: '{"harbour": "Kérity"}' }],
    finish: 'tool_calls',
    usage: { prompt: 41, completion: 19 },
  },
  'alibaba/alibaba-tool-call.chunks.txt': {
    calls: [{ id: 'call_0000ali2', name: 'tide', arguments: '{"harbour": "Kérity"}' }],
    finish: 'tool_calls',
    usage: { prompt: 41, completion: 19 },
  },
  'deepseek/deepseek-reasoning.json': {
    text: 'High water is at 06:40.',
    reasoning: 'The last one was at 18:15, and half a day later it is 12 h 25 min on.',
    finish: 'stop',
    usage: { prompt: 21, completion: 58, reasoning: 44, cached: 8 },
    fingerprint: 'fp_0000deep_kvcache',
  },
  'deepseek/deepseek-reasoning.chunks.txt': {
    text: 'Wait for the moon 🌕.',
    reasoning: 'Neap tides are weak.',
    finish: 'stop',
    usage: { prompt: 21, completion: 17, reasoning: 9 },
    fingerprint: 'fp_0000deep_kvcache',
  },
  'deepseek/deepseek-text.json': {
    text: 'A keeper wakes before the tide, and',
    finish: 'length',
    usage: { prompt: 14, completion: 9 },
    fingerprint: 'fp_0000deep_kvcache',
  },
  'deepseek/deepseek-text.chunks.txt': {
    text: 'The lamp turns once in',
    finish: 'length',
    usage: { prompt: 14, completion: 6 },
    fingerprint: 'fp_0000deep_kvcache',
  },
  'groq/groq-text.json': {
    text: 'Fog horns answer one another.\n\nNobody sleeps.',
    finish: 'stop',
    usage: { prompt: 38, completion: 11 },
    fingerprint: 'fp_0000groq',
    tier: 'default',
  },
  'groq/groq-text.chunks.txt': {
    text: 'Fog again — “thick”.',
    finish: 'stop',
    usage: { prompt: 38, completion: 8 },
    fingerprint: 'fp_0000groq',
  },
  'groq/groq-tool-call.json': {
    calls: [{ id: '0000groqc', name: 'tide', arguments: '{}' }],
    finish: 'tool_calls',
    usage: { prompt: 96, completion: 13 },
    fingerprint: 'fp_0000groq',
    tier: 'default',
  },
  'mistral/mistral-text.json': { text: 'Le phare est éteint.', finish: 'stop', usage: { prompt: 12, completion: 7 } },
  'mistral/mistral-text.chunks.txt': {
    text: 'Le phare est allumé.',
    finish: 'stop',
    usage: { prompt: 12, completion: 8 },
  },
  'mistral/mistral-reasoning.json': {
    text: 'It is the north pier.',
    reasoning: 'Three flashes mean the north pier.',
    finish: 'stop',
    usage: { prompt: 15, completion: 21 },
  },
  'mistral/mistral-reasoning.chunks.txt': {
    text: 'It is the south pier.',
    reasoning: 'Two flashes, so the south pier.',
    finish: 'stop',
    usage: { prompt: 15, completion: 23 },
  },
  'moonshotai/moonshotai-text.json': { text: 'Ahoy!', finish: 'stop', usage: { prompt: 8, completion: 3 } },
  'moonshotai/moonshotai-tool-call.json': {
    calls: [{ id: 'call_0000moon', name: 'get_tide', arguments: '{"harbour":"Brest"}' }],
    finish: 'tool_calls',
    usage: { prompt: 27, completion: 14 },
  },
  'moonshotai/moonshotai-stream.chunks.txt': {
    text: 'Ahoy!',
    reasoning: 'Say it loudly. ',
    finish: 'stop',
    usage: { prompt: 8, completion: 11, reasoning: 6 },
  },
  'openai/openai-text.json': {
    text: '**Watch bill**  \nNoon to six: Ada.',
    finish: 'stop',
    usage: { prompt: 17, completion: 12 },
    fingerprint: 'fp_0000openai',
    tier: 'default',
  },
  'openai/openai-text.chunks.txt': {
    text: '**Six to midnight**: Béla.',
    finish: 'stop',
    usage: { prompt: 17, completion: 10 },
    fingerprint: 'fp_0000openai',
    tier: 'default',
  },
  'perplexity/perplexity-citations.json': {
    text: 'High water is at **06:40**.[1][2]',
    citations: tides,
    finish: 'stop',
    usage: { prompt: 11, completion: 13 },
  },
  'perplexity/perplexity-citations.chunks.txt': {
    text: 'Low water at 00:25[2]',
    citations: tides,
    finish: 'stop',
    usage: { prompt: 11, completion: 8 },
  },
  // xAI does not include reasoning in completion_tokens: 2 + 31 and 2 + 27.
  'xai/xai-text.json': {
    text: 'Ahoy',
    reasoning: 'One word is enough here.',
    finish: 'stop',
    usage: { prompt: 13, completion: 33, reasoning: 31, cached: 5, cost: 0.00009 },
    fingerprint: 'fp_0000xai',
  },
  'xai/xai-text.chunks.txt': {
    text: 'Ahoy',
    reasoning: 'One word',
    finish: 'stop',
    usage: { prompt: 13, completion: 29, reasoning: 27, cached: 11, cost: 0.00009 },
    fingerprint: 'fp_0000xai',
  },
}

export const expectedReplies: Readonly<Record<ReplyFolder['name'], Readonly<Record<string, ExpectedReply>>>> = {
  'our own replies': ours,
  'recorded replies (WAYGATE_RECORDINGS)': recorded,
}
