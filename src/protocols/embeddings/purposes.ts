/**
 * The purposes of vectors in the words of clients, which are those of Cohere, Voyage, Google, Jina and Nvidia, and the name of each here.
 * Contract §8.A4 lets `input_type` be any text.
 */
const purposes: Readonly<Record<string, string>> = {
  query: 'query',
  search_query: 'query',
  retrieval_query: 'query',
  'retrieval.query': 'query',
  document: 'document',
  passage: 'document',
  search_document: 'document',
  retrieval_document: 'document',
  'retrieval.passage': 'document',
  classification: 'classification',
  clustering: 'clustering',
  separation: 'clustering',
  semantic_similarity: 'similarity',
  similarity: 'similarity',
  'text-matching': 'similarity',
  question_answering: 'question',
  fact_verification: 'fact',
  code_retrieval_query: 'code-query',
  image: 'image',
}

/** Source: https://ai.google.dev/gemini-api/docs/embeddings#supported-task-types */
export const googleTasks = {
  query: 'RETRIEVAL_QUERY',
  document: 'RETRIEVAL_DOCUMENT',
  classification: 'CLASSIFICATION',
  clustering: 'CLUSTERING',
  similarity: 'SEMANTIC_SIMILARITY',
  question: 'QUESTION_ANSWERING',
  fact: 'FACT_VERIFICATION',
  'code-query': 'CODE_RETRIEVAL_QUERY',
} as const

/** Source: https://docs.cohere.com/reference/embed */
export const cohereTypes = {
  query: 'search_query',
  document: 'search_document',
  classification: 'classification',
  clustering: 'clustering',
  image: 'image',
} as const

/** Source: https://docs.voyageai.com/reference/embeddings-api */
export const voyageTypes = { query: 'query', document: 'document' } as const

/** Returns the upstream's word for a purpose; undefined where it has none. A word of its own is passed on, and so is any where no words are listed. */
export function purposeWord(purpose: string | undefined, words: Readonly<Record<string, string>>): string | undefined {
  if (purpose === undefined || Object.keys(words).length === 0) return purpose
  if (Object.values(words).includes(purpose)) return purpose
  const known = purpose.toLowerCase()
  const name = Object.hasOwn(purposes, known) ? purposes[known] : undefined
  return name !== undefined && Object.hasOwn(words, name) ? words[name] : undefined
}
