import type { Model } from './model.ts'

/** Llama Guard, Prompt Guard, gpt-oss-safeguard, Qwen3Guard, Granite Guardian, ShieldGemma, moderation models … */
const judges = /(?<!van)guard(ian|rail)?s?(?![a-z])|moderat|shieldgemma|content-safety|jailbreak-detect/i

/** Whether a model only says if a text is harmful: it answers no question, so nothing may choose it for somebody. Catalogues do not tell. */
export const judgesContent = ({ slug }: Pick<Model, 'slug'>): boolean => judges.test(slug.slice(slug.indexOf('/') + 1))
