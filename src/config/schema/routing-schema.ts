import { Type } from 'typebox'
import { defaults } from '../defaults.ts'
import { modelSlug, named, section } from './object.ts'

const seconds = (byDefault: number, description: string) =>
  Type.Optional(Type.Number({ minimum: 0, maximum: 86_400, default: byDefault, description }))

const ranking = (description: string) =>
  Type.Optional(Type.Array(Type.String(modelSlug), { minItems: 1, uniqueItems: true, maxItems: 100, description }))

/** The kinds of task that `openrouter/auto` recognises in prompts, with the models for each. */
const auto = section(
  {
    default: ranking('For prompts of a task without a list of its own.'),
    'agent:coding': ranking('Work on code with tools.'),
    'agent:tools': ranking('Other work with tools.'),
    'code:debugging': ranking('Finding and fixing faults in code.'),
    'code:review': ranking('Reviewing and refactoring code.'),
    'code:explanation': ranking('Explaining code.'),
    'code:database': ranking('Queries and schemas.'),
    'code:operations': ranking('Shells, containers, deployment.'),
    'code:generation': ranking('Writing code.'),
    math: ranking('Calculation and proof.'),
    reasoning: ranking('Puzzles and logic.'),
    science: ranking('Natural sciences.'),
    data_analysis: ranking('Tables and statistics.'),
    translation: ranking('From one language into another.'),
    summarization: ranking('Making texts shorter.'),
    extraction: ranking('Extracting facts from texts into a given form.'),
    classification: ranking('Labels, sentiment, categories.'),
    editing: ranking('Correcting and rewording texts.'),
    roleplay: ranking('Playing a character.'),
    creative_writing: ranking('Stories, poems, songs.'),
    business_writing: ranking('Letters, applications, advertising.'),
    brainstorming: ranking('Ideas and names.'),
    planning: ranking('Plans and schedules.'),
    research_report: ranking('Reports and comparisons with sources.'),
    customer_support: ranking('Answering customers.'),
    legal: ranking('Contracts and law.'),
    medical: ranking('Health.'),
    finance: ranking('Money, taxes, accounts.'),
    vision: ranking('Prompts with images.'),
    audio: ranking('Prompts with sound.'),
    video: ranking('Prompts with video.'),
    document: ranking('Prompts with files.'),
    long_context: ranking('Prompts of 200,000 characters and more.'),
    qa_knowledge: ranking('Questions.'),
    chat: ranking('Everything else.'),
  },
  {
    description:
      'The models that `openrouter/auto` chooses from, best first, by the kind of task that the prompt seems to be. The first three that can serve the request are tried. Where no model of a list can serve it, all models of the catalogue are ranked.',
  },
)

export const routing = section(
  {
    seed: Type.Optional(
      Type.Union([Type.Integer({ minimum: 0, maximum: 4_294_967_295 }), Type.Null()], {
        default: defaults.routing.seed,
        description: 'The seed that makes the router’s random choices repeatable, for tests. `null` means random.',
      }),
    ),
    outage_window_s: seconds(
      defaults.routing.outage_window_s,
      'How long an endpoint is ranked behind the others after it failed, in s.',
    ),
    probe_interval_s: seconds(
      defaults.routing.probe_interval_s,
      'How often an endpoint that keeps failing is tried again, in s.',
    ),
    sticky_ttl_s: seconds(
      defaults.routing.sticky_ttl_s,
      'How long an idle session stays with the endpoint that cached its prompt, in s.',
    ),
    auto: Type.Optional(auto),
    coding_scores: Type.Optional(
      named(Type.Number({ minimum: 0, maximum: 1 }), modelSlug, {
        description:
          'How well models write code, from 0 to 1, for `openrouter/pareto-code`. A model without a score gets an estimate from release date, price and reasoning, which is not a benchmark.',
      }),
    ),
  },
  { description: 'How the model and the endpoint of a request are found.' },
)
