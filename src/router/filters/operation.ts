import type { Filter } from './filter.ts'

/**
 * Chat needs an endpoint that chats. Completions is served by a completions endpoint, or by a chat endpoint through one user
 * message (contract §7.1).
 */
export const operation: Filter = {
  name: 'operation',
  refuse(endpoint, request) {
    const serves =
      request.operation === 'chat' ? endpoint.operations.includes('chat') : endpoint.operations.length > 0
    return serves ? null : { field: 'model', detail: `it serves no ${request.operation}` }
  },
}
