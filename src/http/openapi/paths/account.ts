import { Type } from 'typebox'
import type { Group, Operation } from '../operation.ts'
import { GenerationReplySchema } from '../schema/generation.ts'
import { KeyReplySchema } from '../schema/key.ts'

const group: Group = { name: 'Account', description: 'What a key may do, and what was done with it.' }

export const accountOperations: readonly Operation[] = [
  {
    method: 'get',
    path: '/key',
    id: 'getKey',
    group,
    summary: 'Get the calling key',
    description: 'The key that asks: what it may spend and what it has spent.',
    authenticated: true,
    success: { description: 'The key.', json: KeyReplySchema },
    errors: ['authentication', 'server'],
  },
  {
    method: 'get',
    path: '/generation',
    id: 'getGeneration',
    group,
    summary: 'Get a generation',
    description:
      'What is on record about a generation of the same account: tokens, cost, and which providers were asked.',
    authenticated: true,
    parameters: [
      {
        name: 'id',
        in: 'query',
        required: true,
        description: 'The `id` of the reply, which its `X-Generation-Id` header has too.',
        schema: Type.String(),
        example: 'gen-1760000000-abcdefghijklmnopqrst',
      },
    ],
    success: { description: 'The record.', json: GenerationReplySchema },
    errors: ['invalid_request', 'authentication', 'not_found', 'server'],
  },
]
