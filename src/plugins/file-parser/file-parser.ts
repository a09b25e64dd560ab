import { type Static, Type } from 'typebox'
import type { FileAnnotation } from '../../canonical/annotation.ts'
import type { FeatureContext } from '../../canonical/feature-context.ts'
import type { ChatRequest, TextRequest } from '../../canonical/generation-request.ts'
import type { OfferedEndpoint } from '../../canonical/offered-model.ts'
import { nullish } from '../../util/nullish.ts'
import { definePlugin } from '../plugin.ts'
import { earlierDocuments } from './earlier-documents.ts'
import { filesOf } from './files-of.ts'
import { type Document, type Engine, parseFile } from './parse-file.ts'
import { type FileBytes, readFile } from './read-file.ts'
import { withAnnotations } from './with-annotations.ts'
import { withDocuments } from './with-documents.ts'

/** The most files of a request, unless it sets a lower number. */
const mostFiles = 50
/** The most bytes of all files of a request. */
const mostBytes = 104_857_600

const settings = {
  max_files: nullish(
    Type.Integer({ minimum: 1, description: `A request with more files is refused; ${mostFiles} when absent.` }),
  ),
  pdf: nullish(
    Type.Object({
      engine: nullish(
        Type.Enum(['mistral-ocr', 'cloudflare-ai', 'native', 'pdf-text'], {
          description:
            '`native` gives files to the model. `cloudflare-ai` and `pdf-text` read the text of a PDF in the gateway. `mistral-ocr` also reads scanned pages. Absent: `native` where every endpoint takes files, else in the gateway.',
        }),
      ),
    }),
  ),
}
const Settings = Type.Object(settings)

/** Turns attached files into text for models that take none (contract §1.3, §2.3). */
export default definePlugin({
  id: 'file-parser',
  order: 20,
  title: 'FileParserPlugin',
  description: 'Turns attached documents into text.',
  settings,
  runsByDefault: ({ input }) => input.type === 'messages' && input.modalities.has('file'),
  start(settings) {
    let parsed: readonly FileAnnotation[] = []
    return {
      async onRequest(request, context) {
        if (request.operation !== 'chat' || !request.input.modalities.has('file')) return request
        const engine = engineFor(settings, request, context)
        if (engine === null) return request
        const documents = await parseAll(request, settings, engine, context)
        parsed = [...documents.values()].flatMap(({ isNew, annotation }) => (isNew ? (annotation ?? []) : []))
        noteStage([...documents.values()], context)
        return withDocuments(request, documents, takesAll(request, context, 'image'))
      },
      onEvents: (events) => (parsed.length === 0 ? events : withAnnotations(events, parsed)),
    }
  },
})

/** Returns who reads the files; null where the model does. */
function engineFor({ pdf }: Static<typeof Settings>, request: ChatRequest, context: FeatureContext): Engine | null {
  switch (pdf?.engine) {
    case 'native':
      return null
    case 'mistral-ocr':
      return 'mistral-ocr'
    case 'cloudflare-ai':
    case 'pdf-text':
      return 'pdf-text'
    default:
      return takesAll(request, context, 'file') ? null : 'pdf-text'
  }
}

/** Tells whether all endpoints that would be tried if there were no files take this kind of input. */
function takesAll(request: ChatRequest, context: FeatureContext, modality: string): boolean {
  const modalities = new Set([...request.input.modalities].filter((each) => each !== 'file'))
  const withoutFiles: TextRequest = { ...request, input: { ...request.input, modalities } }
  const takes = ({ inputModalities }: OfferedEndpoint): boolean => inputModalities.includes(modality)
  const admitted = context.admit(withoutFiles)
  return admitted.length > 0 && admitted.every(({ endpoint }) => takes(endpoint))
}

/** Reads the files one after the other, each once however often it is attached. */
async function parseAll(
  request: ChatRequest,
  { max_files: most }: Static<typeof Settings>,
  engine: Engine,
  context: FeatureContext,
): Promise<ReadonlyMap<string, Document>> {
  const { messages } = request.input
  const earlier = earlierDocuments(messages)
  const documents = new Map<string, Document>()
  const byHash = new Map<string, Document>()
  const budget = { left: mostBytes }
  for (const file of filesOf(messages, most ?? mostFiles)) {
    const bytes: FileBytes = await readFile(file, budget, context)
    const known = byHash.get(bytes.hash) ?? earlier.get(bytes.hash)
    const document = known ?? (await parseFile(bytes, engine, context))
    byHash.set(bytes.hash, document)
    documents.set(file.source, document)
  }
  return documents
}

function noteStage(documents: readonly Document[], { generation }: FeatureContext): void {
  const all = [...new Set(documents)]
  const parsed = all.filter(({ isNew }) => isNew)
  const cost = parsed.reduce((sum, { fee }) => sum + fee, 0)
  generation.pipeline.push({
    type: 'plugin',
    name: 'file-parser',
    summary: `${parsed.length} of ${all.length} files parsed`,
    ...(cost > 0 && { cost }),
    data: {
      files: all.length,
      parsed: parsed.length,
      reused: all.length - parsed.length,
      pages: parsed.reduce((sum, { pageCount }) => sum + pageCount, 0),
      engines: [...new Set(parsed.map(({ engine }) => engine))],
    },
  })
}
