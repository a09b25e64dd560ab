import type { OpenAiQuirks } from '../openai/quirks.ts'

/** What differs between providers that speak completions: mostly what differs in their chats too. */
export type CompletionsQuirks = OpenAiQuirks
