import type { Model } from './model.ts'

/** Llama Guard, Prompt Guard, gpt-oss-safeguard, Qwen3Guard, Granite Guardian, ShieldGemma, moderation models … */
const judges = /(?<!van)guard(ian|rail)?s?(?![a-z])|moderat|shieldgemma|content-safety|jailbreak-detect/i

/**
 * Tells whether a model only classifies text as harmful or harmless. Such a model does not answer questions, so the router must not choose
 * it on a client's behalf. Catalogues have no field for this.
 */
export const isModerationModel = ({ slug }: Pick<Model, 'slug'>): boolean =>
  judges.test(slug.slice(slug.indexOf('/') + 1))
