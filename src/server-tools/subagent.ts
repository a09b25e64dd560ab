import { Type } from 'typebox'
import { GatewayError } from '../canonical/errors.ts'
import { NestedTool, nestedModelSettings } from '../canonical/settings/nested-model.ts'
import { nullish } from '../util/nullish.ts'
import { defineServerTool } from './server-tool.ts'

export default defineServerTool({
  type: 'openrouter:subagent',
  title: 'SubagentTool',
  description: 'The model may give a task to another model.',
  parameters: {
    ...nestedModelSettings,
    max_tool_calls: nullish(Type.Integer({ minimum: 1, maximum: 25 })),
    tools: nullish(Type.Array(NestedTool)),
    inherit_functions: nullish(Type.Boolean()),
    inherited_function_names: nullish(Type.Array(Type.String())),
  },
  check: (entries) =>
    entries.map(({ tools, inherit_functions, inherited_function_names }) => [
      ...(tools?.some(({ type }) => type === 'openrouter:subagent')
        ? [{ path: '', message: 'cannot give a subagent tool to a subagent' }]
        : []),
      ...(inherit_functions || inherited_function_names
        ? [{ path: '', message: 'cannot inherit functions on this API: the client runs them, not the gateway' }]
        : []),
    ]),
  open() {
    const message = 'The server tool "openrouter:subagent" is not supported by this gateway yet.'
    throw new GatewayError('invalid_request', message, { issues: [{ path: 'tools', message }] })
  },
})
