/**
 * The categories that clients filter models by (contract §8.A1), with the tasks for which the operator lists the best models under
 * `routing.auto`.
 */
const tasksByCategory = {
  programming: [
    ...['agent:coding', 'code:debugging', 'code:review', 'code:explanation', 'code:database', 'code:operations'],
    'code:generation',
  ],
  roleplay: ['roleplay'],
  marketing: ['business_writing'],
  'marketing/seo': ['business_writing'],
  technology: ['code:operations', 'code:database'],
  science: ['science', 'math'],
  translation: ['translation'],
  legal: ['legal'],
  finance: ['finance'],
  health: ['medical'],
  trivia: ['qa_knowledge'],
  academia: ['research_report'],
} as const

export type Category = keyof typeof tasksByCategory

const isCategory = (word: string): word is Category => Object.hasOwn(tasksByCategory, word)

export const categories: readonly Category[] = Object.keys(tasksByCategory).filter(isCategory)

export const tasksOf = (category: Category): readonly string[] => tasksByCategory[category]
