import type { Capability } from './capability.ts'

/** A task that a prompt may be about. */
interface Task {
  /** The capabilities that make a model better at the task. */
  readonly capabilities?: readonly Capability[]
  /** Words of which one is enough to recognise the task. */
  readonly strong?: string
  /** Words of which two are enough. */
  readonly weak?: string
}

/**
 * The tasks, with their words in lower case. Where two tasks have the same points, the earlier one is chosen. The names are those of
 * `routing.auto` in the configuration. Tasks without words are recognised by the form of the request.
 */
export const tasks = {
  'agent:coding': { capabilities: ['tools', 'reasoning', 'long_context'] },
  'agent:tools': { capabilities: ['tools', 'reasoning'] },
  'code:debugging': {
    capabilities: ['reasoning'],
    strong:
      'debug debugging bug bugs traceback stacktrace segfault nullpointerexception typeerror valueerror keyerror syntaxerror referenceerror panicked stderr fehlersuche depurar déboguer',
    weak: 'error errors exception crash crashes fails failing broken undefined fix throws warning compile compiler',
  },
  'code:review': {
    capabilities: ['reasoning'],
    strong: 'refactor refactoring codereview lint linter',
    weak: 'review code pull request pr diff commit cleaner readable maintainable',
  },
  'code:explanation': { weak: 'explain code function snippet line does mean works regex script' },
  'code:database': {
    strong: 'sql postgres postgresql mysql sqlite mongodb orm',
    weak: 'query table tables join schema database index column rows',
  },
  'code:operations': {
    strong: 'docker dockerfile kubernetes kubectl terraform ansible nginx systemd bash powershell crontab cicd helm',
    weak: 'shell linux server deploy deployment container pipeline command ssh yaml cluster',
  },
  'code:generation': {
    capabilities: ['reasoning'],
    strong:
      'python javascript typescript golang kotlin haskell fortran csharp html css vue angular django flask numpy pandas fastapi rustc cargo npm webpack programm programmieren',
    weak: 'code function class method api algorithm implement program script library module variable loop array string integer const def import return async react unit test tests java rust swift ruby php c++ game app website',
  },
  math: {
    capabilities: ['reasoning'],
    strong:
      'integral derivative polynomial theorem lemma eigenvalue trigonometry algebra calculus frac sqrt equation equations gleichung ecuación équation arithmetic factorial',
    weak: 'solve prove proof calculate compute sum matrix vector probability triangle angle prime number percent berechne',
  },
  reasoning: {
    capabilities: ['reasoning'],
    strong: 'riddle puzzle paradox syllogism sudoku knights knaves rätsel',
    weak: 'logic deduce infer logical therefore premise contradiction conclude step',
  },
  science: {
    capabilities: ['reasoning'],
    strong:
      'physics chemistry biology quantum molecule thermodynamics genome photosynthesis relativity astrophysics enzyme',
    weak: 'energy atom cell protein experiment hypothesis species reaction velocity gravity',
  },
  data_analysis: {
    capabilities: ['reasoning'],
    strong: 'csv dataset dataframe regression spreadsheet histogram',
    weak: 'statistics excel data analyze analyse analysis chart column average median trend correlation metrics',
  },
  translation: {
    strong:
      'translate translation translating translated übersetze übersetzung traduce traducir traduis traduire traduction traduci переведи перевод',
    weak: 'into english german french spanish italian portuguese russian chinese japanese korean arabic hindi turkish polish',
  },
  summarization: {
    strong: 'summarize summarise summary summaries tldr zusammenfassung zusammenfassen résumé resumen recap',
    weak: 'abstract shorten condense key points bullet main brief briefly transcript article',
  },
  extraction: {
    capabilities: ['structured_outputs'],
    strong: 'extract extraction ner',
    weak: 'parse json fields entities names dates structured schema list output text following invoice',
  },
  classification: {
    capabilities: ['structured_outputs'],
    strong: 'classify classification sentiment categorize categorise categorization',
    weak: 'category categories label labels positive negative neutral spam topic',
  },
  editing: {
    strong: 'proofread rewrite rephrase paraphrase grammar reword umformulieren',
    weak: 'improve correct edit spelling punctuation tone clearer polish sentence paragraph',
  },
  roleplay: {
    strong: 'roleplay rp',
    weak: 'persona character scenario pretend act stay narrator greets whispers smiles',
  },
  creative_writing: {
    strong:
      'poem poems story stories haiku sonnet lyrics screenplay limerick gedicht geschichte cuento poème fanfiction fable',
    weak: 'novel write chapter plot protagonist rhyme rhymes verse song imaginary dialogue fiction joke tale fantasy',
  },
  business_writing: {
    strong: 'email newsletter cv slogan copywriting seo linkedin bewerbung tagline',
    weak: 'resume write letter cover job application product marketing customers ad post brand formal professional',
  },
  brainstorming: {
    strong: 'brainstorm brainstorming ideas ideen',
    weak: 'idea suggest suggestions creative names come up ways alternatives',
  },
  planning: {
    strong: 'itinerary roadmap timetable workout mealplan',
    weak: 'plan schedule week weeks days trip steps goal goals milestones agenda',
  },
  research_report: {
    capabilities: ['reasoning', 'long_context'],
    strong: 'literature citations bibliography whitepaper dissertation',
    weak: 'research report sources compare comparison study studies evidence overview detailed survey',
  },
  customer_support: {
    strong: 'refund helpdesk complaint warranty',
    weak: 'customer support order ticket agent shipping subscription account cancel delivery',
  },
  legal: {
    capabilities: ['reasoning'],
    strong: 'lawsuit plaintiff jurisdiction liability gdpr nda attorney copyright statute',
    weak: 'legal law contract clause court rights agreement terms compliance',
  },
  medical: {
    capabilities: ['reasoning'],
    strong: 'diagnosis symptoms dosage prescription pathology oncology',
    weak: 'patient doctor disease treatment medication pain health blood clinical medicine',
  },
  finance: {
    capabilities: ['reasoning'],
    strong: 'portfolio dividend mortgage ebitda etf bookkeeping cashflow',
    weak: 'tax taxes invest investment stock stocks interest loan budget revenue inflation profit bank',
  },
  vision: {},
  audio: {},
  video: {},
  document: { capabilities: ['long_context'] },
  long_context: { capabilities: ['long_context'] },
  qa_knowledge: {},
  chat: {},
} as const satisfies Record<string, Task>

export type TaskType = keyof typeof tasks

const isTaskType = (word: string): word is TaskType => Object.hasOwn(tasks, word)

export const taskTypes: readonly TaskType[] = Object.keys(tasks).filter(isTaskType)

export const taskOf = (type: TaskType): Task => tasks[type]
