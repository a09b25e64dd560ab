import { Type } from 'typebox'

/** What backs an answer: a source it cites, or a document parsed for it. Source: contract §2.3, §3.3. */
export const AnnotationSchema = Type.Union(
  [
    Type.Object(
      {
        type: Type.Literal('url_citation'),
        // Members are left out rather than null: the AI SDK refuses nulls here.
        url_citation: Type.Object({
          url: Type.String(),
          title: Type.Optional(Type.String()),
          content: Type.Optional(Type.String()),
          start_index: Type.Optional(Type.Integer({ minimum: 0 })),
          end_index: Type.Optional(Type.Integer({ minimum: 0 })),
        }),
      },
      { title: 'UrlCitation', description: 'A source that the answer cites.' },
    ),
    Type.Object(
      {
        type: Type.Literal('file'),
        file: Type.Object({ hash: Type.String(), name: Type.String(), content: Type.Array(Type.Unknown()) }),
      },
      { title: 'FileAnnotation', description: 'A document as it was parsed; sent back, it is not parsed again.' },
    ),
  ],
  { title: 'Annotation' },
)
