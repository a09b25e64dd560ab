/** What can be asked of an endpoint. Whatever tells operations apart names them all, so that the compiler finds what a new one lacks. */
export const operations = ['chat', 'completions'] as const

export type Operation = (typeof operations)[number]
