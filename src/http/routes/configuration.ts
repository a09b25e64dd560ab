import { type Static, Type } from 'typebox'
import { defineRoute } from '../http-route.ts'
import { orNull } from '../openapi/schema/or-null.ts'

const SourceSchema = Type.Object(
  {
    from: Type.Enum(['default', 'file', 'environment', 'command-line']),
    line: Type.Optional(orNull(Type.Integer({ description: 'The line of the file.' }))),
    variable: Type.Optional(Type.String({ description: 'The environment variable.' })),
  },
  { title: 'ConfigurationSource' },
)

const ConfigurationReplySchema = Type.Object(
  {
    data: Type.Object(
      {
        file: orNull(Type.String({ description: 'The file; null where there is none.' })),
        values: Type.Array(
          Type.Object({
            path: Type.String({ description: 'As in the file, like `models.acme/m1.endpoints[0].provider`.' }),
            value: Type.Unknown({ description: 'In the units of the file. A secret is `•••`.' }),
            source: SourceSchema,
          }),
        ),
      },
      { title: 'Configuration' },
    ),
  },
  { title: 'ConfigurationReply' },
)

interface Dependencies {
  /** The configuration in use. */
  readonly configuration: {
    readonly file: string | null
    readonly values: readonly {
      readonly path: string
      readonly value: unknown
      readonly source: Readonly<Static<typeof SourceSchema>>
    }[]
  }
}

/** Of this gateway's own. */
export const configuration = defineRoute({
  method: 'get',
  path: '/waygate/configuration',
  access: 'operator',
  id: 'getConfiguration',
  group: 'Operator',
  summary: 'Get the configuration',
  description: 'Every value of the configuration in use with its source. Secrets are masked.',
  success: { description: 'The configuration.', json: ConfigurationReplySchema },
  errors: ['authentication', 'permission_denied', 'server'],
  handle:
    ({ configuration: { file, values } }: Dependencies) =>
    (exchange) =>
      exchange.json({ data: { file, values } }),
})
