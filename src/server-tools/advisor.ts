import { Type } from 'typebox'
import { GatewayError } from '../canonical/errors.ts'
import { nestedModelSettings } from '../canonical/settings/nested-model.ts'
import { nullish } from '../util/nullish.ts'
import { defineServerTool } from './server-tool.ts'

export default defineServerTool({
  type: 'openrouter:advisor',
  title: 'AdvisorTool',
  description: 'The model may ask another model for advice.',
  parameters: {
    ...nestedModelSettings,
    forward_transcript: nullish(
      Type.Boolean({ description: 'Whether the advisor sees the conversation. Default false.' }),
    ),
    stream: nullish(Type.Boolean()),
  },
  check(entries) {
    const names = new Set<string>()
    return entries.map(({ name }) => {
      const isTaken = names.has(name ?? '')
      names.add(name ?? '')
      return isTaken ? [{ path: '', message: 'needs a name that no other advisor has' }] : []
    })
  },
  open() {
    const message = 'The server tool "openrouter:advisor" is not supported by this gateway yet.'
    throw new GatewayError('invalid_request', message, { issues: [{ path: 'tools', message }] })
  },
})
