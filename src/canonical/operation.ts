/**
 * The operations of an endpoint. Code that treats operations differently names all of them, so that the compiler finds what a new one
 * lacks.
 */
export const operations = ['chat', 'completions'] as const

export type Operation = (typeof operations)[number]
