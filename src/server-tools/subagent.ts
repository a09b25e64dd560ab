import { Type } from 'typebox'
import { askModel, outerModel, questionMessages } from '../canonical/ask-model.ts'
import {
  functionName,
  nestedModelSettings,
  NestedTool,
  nestedTools,
  samplingParameters,
} from '../canonical/settings/nested-model.ts'
import { stringOf } from '../util/json.ts'
import { nullish } from '../util/nullish.ts'
import { defineServerTool, failedTool } from './server-tool.ts'

/** Gives a task to another model, with server tools of its own (contract §1.4). */
export default defineServerTool({
  type: 'openrouter:subagent',
  title: 'SubagentTool',
  description: 'The model may give a task to another model.',
  parameters: {
    ...nestedModelSettings,
    max_tool_calls: nullish(Type.Integer({ minimum: 1, maximum: 25 })),
    tools: nullish(Type.Array(NestedTool, { description: 'Server tools of the subagent.' })),
    inherit_functions: nullish(Type.Boolean({ description: 'Not possible on this API.' })),
    inherited_function_names: nullish(Type.Array(Type.String(), { description: 'Not possible on this API.' })),
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
  open(parameters, context) {
    const { name, model, instructions, max_tool_calls: maxToolCalls } = parameters
    const tools = nestedTools(parameters.tools)
    return {
      function: {
        type: 'function',
        name: functionName('subagent', name),
        description: `Gives a task to ${name ? `the subagent "${name}"` : 'a subagent'}, another model, and returns what came of it.`,
        parameters: {
          type: 'object',
          properties: {
            task_name: { type: 'string', description: 'A short name of the task.' },
            task: {
              type: 'string',
              description:
                'The task, with all that the subagent must know. The subagent does not see the conversation.',
            },
            ...(model ? {} : { model: { type: 'string', description: 'The model to ask. Optional.' } }),
          },
          required: ['task_name', 'task'],
          additionalProperties: false,
        },
      },
      async run(given, { request, signal }) {
        const task = stringOf(given['task'])
        if (!task) return failedTool('The argument "task" is missing.')
        const taskName = stringOf(given['task_name']) ?? ''
        const asking = {
          model: model ?? stringOf(given['model']) ?? outerModel(context),
          messages: questionMessages(instructions, task),
          parameters: { ...samplingParameters(parameters), ...(tools.length > 0 && { tools }) },
          ...(maxToolCalls && { maxToolCalls }),
        }
        const answer = await askModel(context, request, 'openrouter:subagent', asking, signal)
        if (answer.type === 'failed') return failedTool(answer.error, { task_name: taskName })
        return {
          status: 'completed',
          result: { status: 'ok', model: answer.model, task_name: taskName, outcome: answer.text },
        }
      },
    }
  },
})
