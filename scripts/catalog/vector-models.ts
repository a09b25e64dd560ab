import type { CatalogEntry, CatalogEntryEndpoint } from '../../src/catalog/catalog-entry.ts'
import type { PriceList } from '../../src/catalog/price-kinds.ts'

/**
 * The models that embed and rank, but for OpenAI's, which models.dev lists. No one source has them all, so that this list is kept by hand, from
 * models.dev, genai-prices, and the price table of LiteLLM (https://github.com/BerriAI/litellm). Prices are USD: tokens per million,
 * images and search units each.
 */

const modelsDev = 'models.dev 2026-07-02'
const genaiPrices = 'genai-prices 2026-08-21'
const litellm = 'litellm 2026-07-24'

const at = (
  provider: string,
  model: string,
  pricing: PriceList,
  source: string,
  more: Partial<CatalogEntryEndpoint> = {},
): CatalogEntryEndpoint => ({ provider, model, pricing: { completion: 0, ...pricing }, ...more, source })

type Facts = Partial<CatalogEntry> & Pick<CatalogEntry, 'name' | 'created' | 'contextLength'>

const entry =
  (output: 'embeddings' | 'rerank') =>
  (slug: string, facts: Facts, ...endpoints: CatalogEntryEndpoint[]): CatalogEntry => ({
    slug,
    outputModalities: [output],
    reasoning: false,
    ...facts,
    source: endpoints[0]?.source,
    endpoints,
  })

const embedder = entry('embeddings')
const reranker = entry('rerank')

export const vectorModels: readonly CatalogEntry[] = [
  embedder(
    'amazon/titan-embed-image-v1',
    {
      name: 'Titan Multimodal Embeddings',
      created: '2023-11-29',
      contextLength: 128,
      inputModalities: ['text', 'image'],
    },
    at('amazon-bedrock', 'amazon.titan-embed-image-v1', { prompt: 0.8, image: 6e-5 }, litellm),
  ),
  embedder(
    'amazon/titan-embed-text-v1',
    { name: 'Titan Text Embeddings', created: '2023-09-28', contextLength: 8192 },
    at('amazon-bedrock', 'amazon.titan-embed-text-v1', { prompt: 0.1 }, genaiPrices),
  ),
  embedder(
    'amazon/titan-embed-text-v2',
    { name: 'Titan Text Embeddings V2', created: '2024-04-30', contextLength: 8192 },
    at('amazon-bedrock', 'amazon.titan-embed-text-v2:0', { prompt: 0.02 }, litellm),
  ),
  embedder(
    'baai/bge-base-en-v1.5',
    { name: 'BGE Base EN v1.5', created: '2023-09-11', contextLength: 512, openWeights: true },
    at('ovhcloud', 'bge-base-en-v1.5', { prompt: 0.01 }, genaiPrices),
    at('together', 'BAAI/bge-base-en-v1.5', { prompt: 0.008 }, litellm),
  ),
  embedder(
    'baai/bge-m3',
    { name: 'BGE M3', created: '2024-01-30', contextLength: 8192, openWeights: true },
    at('ovhcloud', 'bge-m3', { prompt: 0.01 }, genaiPrices),
    at('novita', 'baai/bge-m3', { prompt: 0.01 }, litellm),
  ),
  embedder(
    'baai/bge-multilingual-gemma2',
    { name: 'BGE Multilingual Gemma2', created: '2024-07-26', contextLength: 8191, openWeights: true },
    at('ovhcloud', 'bge-multilingual-gemma2', { prompt: 0.01 }, genaiPrices),
    at('scaleway', 'bge-multilingual-gemma2', { prompt: 0.1 }, modelsDev),
    at('nebius', 'BAAI/bge-multilingual-gemma2', { prompt: 0.01 }, litellm),
  ),
  reranker(
    'baai/bge-reranker-v2-m3',
    { name: 'BGE Reranker v2 M3', created: '2024-03-15', contextLength: 8000, openWeights: true },
    at('novita', 'baai/bge-reranker-v2-m3', { prompt: 0.01 }, litellm),
  ),
  embedder(
    'cohere/embed-english-light-v3.0',
    { name: 'Embed English Light v3.0', created: '2023-11-02', contextLength: 512 },
    at('cohere', 'embed-english-light-v3.0', { prompt: 0.1 }, litellm),
  ),
  embedder(
    'cohere/embed-english-v3.0',
    { name: 'Embed English v3.0', created: '2023-11-02', contextLength: 512 },
    at('cohere', 'embed-english-v3.0', { prompt: 0.1 }, litellm),
    at('amazon-bedrock', 'cohere.embed-english-v3', { prompt: 0.1 }, litellm),
  ),
  embedder(
    'cohere/embed-multilingual-v3.0',
    { name: 'Embed Multilingual v3.0', created: '2023-11-02', contextLength: 512 },
    at('cohere', 'embed-multilingual-v3.0', { prompt: 0.1 }, litellm),
    at('amazon-bedrock', 'cohere.embed-multilingual-v3', { prompt: 0.1 }, litellm),
  ),
  embedder(
    'cohere/embed-v4.0',
    { name: 'Embed v4.0', created: '2025-04-15', contextLength: 128000, inputModalities: ['text', 'image'] },
    at('cohere', 'embed-v4.0', { prompt: 0.12 }, genaiPrices),
    at('amazon-bedrock', 'cohere.embed-v4:0', { prompt: 0.12 }, litellm, { inputModalities: ['text'] }),
  ),
  reranker(
    'cohere/rerank-english-v3.0',
    { name: 'rerank-english-v3.0', created: '2024-04-11', contextLength: 4096 },
    at('cohere', 'rerank-english-v3.0', { prompt: 0, searchUnit: 0.002 }, litellm),
  ),
  reranker(
    'cohere/rerank-multilingual-v3.0',
    { name: 'rerank-multilingual-v3.0', created: '2024-04-11', contextLength: 4096 },
    at('cohere', 'rerank-multilingual-v3.0', { prompt: 0, searchUnit: 0.002 }, litellm),
  ),
  reranker(
    'cohere/rerank-v3.5',
    { name: 'rerank-v3.5', created: '2024-12-02', contextLength: 4096 },
    at('cohere', 'rerank-v3.5', { prompt: 0, searchUnit: 0.002 }, litellm),
  ),
  embedder(
    'google/gemini-embedding-001',
    { name: 'Gemini Embedding 001', created: '2025-05-20', contextLength: 2048 },
    at('google-ai-studio', 'gemini-embedding-001', { prompt: 0.15 }, modelsDev),
    at('google-vertex', 'gemini-embedding-001', { prompt: 0.15 }, modelsDev),
  ),
  embedder(
    'google/text-embedding-005',
    { name: 'Text Embedding 005', created: '2024-11-18', contextLength: 2048 },
    at('google-vertex', 'text-embedding-005', { prompt: 0.1 }, litellm),
  ),
  embedder(
    'google/text-multilingual-embedding-002',
    { name: 'Text Multilingual Embedding 002', created: '2024-05-14', contextLength: 2048 },
    at('google-vertex', 'text-multilingual-embedding-002', { prompt: 0.1 }, litellm),
  ),
  embedder(
    'intfloat/e5-mistral-7b-instruct',
    { name: 'E5 Mistral 7B Instruct', created: '2023-12-20', contextLength: 32768, openWeights: true },
    at('nebius', 'intfloat/e5-mistral-7b-instruct', { prompt: 0.01 }, litellm),
  ),
  embedder(
    'mistralai/codestral-embed-2505',
    { name: 'Codestral Embed', created: '2025-05-28', contextLength: 8192 },
    at('mistral', 'codestral-embed-2505', { prompt: 0.15 }, litellm),
  ),
  embedder(
    'mistralai/mistral-embed-2312',
    { name: 'Mistral Embed', created: '2023-12-11', contextLength: 8000 },
    at('mistral', 'mistral-embed', { prompt: 0.1 }, modelsDev),
  ),
  embedder(
    'nomic-ai/nomic-embed-text-v1.5',
    { name: 'Nomic Embed Text v1.5', created: '2024-02-10', contextLength: 8192, openWeights: true },
    at('fireworks', 'nomic-ai/nomic-embed-text-v1.5', { prompt: 0.008 }, litellm),
  ),
  embedder(
    'qwen/qwen3-embedding-0.6b',
    { name: 'Qwen3 Embedding 0.6B', created: '2025-06-05', contextLength: 32768, openWeights: true },
    at('novita', 'qwen/qwen3-embedding-0.6b', { prompt: 0.07 }, litellm),
  ),
  embedder(
    'qwen/qwen3-embedding-8b',
    { name: 'Qwen3 Embedding 8B', created: '2025-06-05', contextLength: 32768, openWeights: true },
    at('nebius', 'Qwen/Qwen3-Embedding-8B', { prompt: 0.01 }, modelsDev),
    at('scaleway', 'qwen3-embedding-8b', { prompt: 0.1 }, modelsDev),
    at('novita', 'qwen/qwen3-embedding-8b', { prompt: 0.07 }, litellm),
  ),
  reranker(
    'qwen/qwen3-reranker-8b',
    { name: 'Qwen3 Reranker 8B', created: '2025-06-05', contextLength: 32768, openWeights: true },
    at('novita', 'qwen/qwen3-reranker-8b', { prompt: 0.05 }, litellm),
  ),
  embedder(
    'thenlper/gte-base',
    { name: 'GTE Base', created: '2023-07-27', contextLength: 512, openWeights: true },
    at('fireworks', 'thenlper/gte-base', { prompt: 0.008 }, litellm),
  ),
  embedder(
    'thenlper/gte-large',
    { name: 'GTE Large', created: '2023-07-27', contextLength: 512, openWeights: true },
    at('fireworks', 'thenlper/gte-large', { prompt: 0.016 }, litellm),
  ),
  reranker(
    'voyageai/rerank-2',
    { name: 'rerank-2', created: '2024-09-30', contextLength: 16000 },
    at('voyage', 'rerank-2', { prompt: 0.05 }, litellm),
  ),
  reranker(
    'voyageai/rerank-2-lite',
    { name: 'rerank-2-lite', created: '2024-09-30', contextLength: 8000 },
    at('voyage', 'rerank-2-lite', { prompt: 0.02 }, litellm),
  ),
  reranker(
    'voyageai/rerank-2.5',
    { name: 'rerank-2.5', created: '2025-08-11', contextLength: 32000 },
    at('voyage', 'rerank-2.5', { prompt: 0.05 }, litellm),
  ),
  reranker(
    'voyageai/rerank-2.5-lite',
    { name: 'rerank-2.5-lite', created: '2025-08-11', contextLength: 32000 },
    at('voyage', 'rerank-2.5-lite', { prompt: 0.02 }, litellm),
  ),
  embedder(
    'voyageai/voyage-3',
    { name: 'voyage-3', created: '2024-09-18', contextLength: 32000 },
    at('voyage', 'voyage-3', { prompt: 0.06 }, litellm),
  ),
  embedder(
    'voyageai/voyage-3-large',
    { name: 'voyage-3-large', created: '2025-01-07', contextLength: 32000 },
    at('voyage', 'voyage-3-large', { prompt: 0.18 }, litellm),
  ),
  embedder(
    'voyageai/voyage-3-lite',
    { name: 'voyage-3-lite', created: '2024-09-18', contextLength: 32000 },
    at('voyage', 'voyage-3-lite', { prompt: 0.02 }, litellm),
  ),
  embedder(
    'voyageai/voyage-3.5',
    { name: 'voyage-3.5', created: '2025-05-20', contextLength: 32000 },
    at('voyage', 'voyage-3.5', { prompt: 0.06 }, litellm),
  ),
  embedder(
    'voyageai/voyage-3.5-lite',
    { name: 'voyage-3.5-lite', created: '2025-05-20', contextLength: 32000 },
    at('voyage', 'voyage-3.5-lite', { prompt: 0.02 }, litellm),
  ),
  embedder(
    'voyageai/voyage-4',
    { name: 'voyage-4', created: '2026-01-15', contextLength: 32000 },
    at('voyage', 'voyage-4', { prompt: 0.06 }, genaiPrices),
  ),
  embedder(
    'voyageai/voyage-4-large',
    { name: 'voyage-4-large', created: '2026-01-15', contextLength: 32000 },
    at('voyage', 'voyage-4-large', { prompt: 0.12 }, genaiPrices),
  ),
  embedder(
    'voyageai/voyage-4-lite',
    { name: 'voyage-4-lite', created: '2026-01-15', contextLength: 32000 },
    at('voyage', 'voyage-4-lite', { prompt: 0.02 }, genaiPrices),
  ),
  embedder(
    'voyageai/voyage-code-2',
    { name: 'voyage-code-2', created: '2024-01-23', contextLength: 16000 },
    at('voyage', 'voyage-code-2', { prompt: 0.12 }, litellm),
  ),
  embedder(
    'voyageai/voyage-code-3',
    { name: 'voyage-code-3', created: '2024-12-04', contextLength: 32000 },
    at('voyage', 'voyage-code-3', { prompt: 0.18 }, litellm),
  ),
  embedder(
    'voyageai/voyage-finance-2',
    { name: 'voyage-finance-2', created: '2024-06-03', contextLength: 32000 },
    at('voyage', 'voyage-finance-2', { prompt: 0.12 }, litellm),
  ),
  embedder(
    'voyageai/voyage-large-2',
    { name: 'voyage-large-2', created: '2024-03-27', contextLength: 16000 },
    at('voyage', 'voyage-large-2', { prompt: 0.12 }, litellm),
  ),
  embedder(
    'voyageai/voyage-law-2',
    { name: 'voyage-law-2', created: '2024-04-15', contextLength: 16000 },
    at('voyage', 'voyage-law-2', { prompt: 0.12 }, litellm),
  ),
  embedder(
    'voyageai/voyage-multilingual-2',
    { name: 'voyage-multilingual-2', created: '2024-06-10', contextLength: 32000 },
    at('voyage', 'voyage-multilingual-2', { prompt: 0.12 }, genaiPrices),
  ),
  embedder(
    'voyageai/voyage-multimodal-3',
    { name: 'voyage-multimodal-3', created: '2024-11-12', contextLength: 32000, inputModalities: ['text', 'image'] },
    at('voyage', 'voyage-multimodal-3', { prompt: 0.12 }, litellm),
  ),
]
